import type { BvhJoint } from '../../io/bvh.js';
import { FormatError } from '../../io/format-error.js';
import { Joint } from '../../motion/joint.js';
import { JOINT_COUNT } from '../../motion/skeleton.js';

/** Which joints of a foreign skeleton drive the 22 of this package. */
export interface SkeletonMap {
  /** Name of the naming convention that matched. */
  convention: string;
  /** For each of the 22 joints the source joints whose global rotation it takes: one, or two to take the rotation halfway. */
  drivers: readonly (readonly number[])[];
  /**
   * The figure of the Daz-friendly conversion of the CMU data: its forearms point 17 degrees forward in the T pose although the
   * actor's did not, and it stands with bent knees.
   */
  daz: boolean;
}

type LimbRole = 'collar' | 'shoulder' | 'elbow' | 'wrist' | 'hip' | 'knee' | 'ankle';
type Convention = Readonly<Record<LimbRole, readonly string[]>>;

/**
 * Names of the limb joints without side, blanks and punctuation, in lower case. The same word means different joints in
 * different conventions ("shoulder" is the joint of the upper arm or the collar bone), so a convention matches as a whole.
 */
const CONVENTIONS: Readonly<Record<string, Convention>> = {
  // LeftHip LeftKnee ... LeftShoulder LeftElbow: 100STYLE, 3dsmax-friendly CMU, SMPL
  anatomical: {
    collar: ['collar', 'clavicle', 'inshoulder'],
    shoulder: ['shoulder'],
    elbow: ['elbow'],
    wrist: ['wrist'],
    hip: ['hip'],
    knee: ['knee'],
    ankle: ['ankle'],
  },
  // LeftUpLeg LeftLeg ... LeftShoulder LeftArm LeftForeArm: MotionBuilder, Mixamo, cgspeed's and una-dinosauria's CMU
  motionbuilder: {
    collar: ['shoulder'],
    shoulder: ['arm'],
    elbow: ['forearm'],
    wrist: ['hand'],
    hip: ['upleg', 'upperleg'],
    knee: ['leg'],
    ankle: ['foot'],
  },
  // lThigh lShin ... lShldr lForeArm (Daz, Poser), L Thigh L Calf ... L UpperArm L Forearm (3ds Max biped), thigh_l calf_l (Unreal)
  segments: {
    collar: ['collar', 'clavicle'],
    shoulder: ['shldr', 'upperarm', 'uparm'],
    elbow: ['forearm', 'lowerarm'],
    wrist: ['hand'],
    hip: ['thigh'],
    knee: ['shin', 'calf'],
    ankle: ['foot'],
  },
  // LeftUpperLeg LeftLowerLeg ... LeftUpperArm LeftLowerArm (Xsens, Unity, VRM)
  upperlower: {
    collar: ['shoulder', 'collar', 'clavicle'],
    shoulder: ['upperarm'],
    elbow: ['lowerarm', 'forearm'],
    wrist: ['hand'],
    hip: ['upperleg'],
    knee: ['lowerleg'],
    ankle: ['foot'],
  },
};

const LIMBS: readonly (readonly [LimbRole, number])[] = [
  ['collar', Joint.leftCollar],
  ['shoulder', Joint.leftShoulder],
  ['elbow', Joint.leftElbow],
  ['wrist', Joint.leftWrist],
  ['hip', Joint.leftHip],
  ['knee', Joint.leftKnee],
  ['ankle', Joint.leftAnkle],
];

interface PlainName {
  side: 'left' | 'right' | '';
  word: string;
}

/** "mixamorig:LeftUpLeg", "Bip01 L Thigh", "upperarm_l", "lShldr" -> side and word. */
export function plainName(name: string): PlainName {
  const bare = name
    .replace(/^.*:/, '')
    .replace(/^(bip\d*|mixamorig\d*|valvebiped|character\d*)[\s_.-]+/i, '')
    .trim();
  const rules: readonly [RegExp, 'left' | 'right'][] = [
    [/^left[\s_.-]*(?=\w)/i, 'left'],
    [/^right[\s_.-]*(?=\w)/i, 'right'],
    [/[\s_.-]+(l|left)$/i, 'left'],
    [/[\s_.-]+(r|right)$/i, 'right'],
    [/^l(?=[A-Z])|^l[\s_.-]+/, 'left'],
    [/^r(?=[A-Z])|^r[\s_.-]+/, 'right'],
    [/^L(?=[A-Z][a-z])|^L[\s_.-]+/, 'left'],
    [/^R(?=[A-Z][a-z])|^R[\s_.-]+/, 'right'],
  ];
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '');
  for (const [pattern, side] of rules)
    if (pattern.test(bare)) return { side, word: plain(bare.replace(pattern, '')) };
  return { side: '', word: plain(bare) };
}

/** Joints from a joint to its root, itself first. */
function ancestry(joints: readonly BvhJoint[], joint: number): number[] {
  const path: number[] = [];
  for (let j = joint; j >= 0; j = joints[j].parent) path.push(j);
  return path;
}

function commonAncestor(joints: readonly BvhJoint[], a: number, b: number): number {
  const path = new Set(ancestry(joints, a));
  return ancestry(joints, b).find((joint) => path.has(joint)) ?? -1;
}

/** Joints strictly below `top` down to and with `bottom`; empty when bottom is not below top. */
function pathDown(joints: readonly BvhJoint[], top: number, bottom: number): number[] {
  const path = ancestry(joints, bottom);
  const end = path.indexOf(top);
  return end < 0 ? [] : path.slice(0, end).reverse();
}

function matchLimbs(names: readonly PlainName[], convention: Convention): number[] | undefined {
  const limbs: number[] = new Array(JOINT_COUNT).fill(-1);
  for (const [role, left] of LIMBS)
    for (const [k, side] of (['left', 'right'] as const).entries()) {
      for (const word of convention[role]) {
        limbs[left + k] = names.findIndex((name) => name.side === side && name.word === word);
        if (limbs[left + k] >= 0) break;
      }
      if (limbs[left + k] < 0 && role !== 'collar') return undefined;
    }
  return limbs;
}

/**
 * Finds the 22 joints in a hierarchy: limbs by name (see `CONVENTIONS`), the torso by structure. The pelvis is where the legs
 * meet, the chest where the arms meet, the spine what lies between, the neck what leads from the chest to the head.
 * @throws FormatError `ERR_BVH` that lists the joints when no convention fits.
 */
export function mapSkeleton(joints: readonly BvhJoint[]): SkeletonMap {
  const names = joints.map((joint) => plainName(joint.name));
  for (const [convention, words] of Object.entries(CONVENTIONS)) {
    const limbs = matchLimbs(names, words);
    if (!limbs) continue;
    const pelvis = commonAncestor(joints, limbs[Joint.leftHip], limbs[Joint.rightHip]);
    const chest = commonAncestor(joints, limbs[Joint.leftShoulder], limbs[Joint.rightShoulder]);
    if (pelvis < 0 || chest < 0) continue;
    const spine = pathDown(joints, pelvis, chest);
    const drivers: number[][] = limbs.map((joint) => [joint]);
    drivers[Joint.pelvis] = [pelvis];
    drivers[Joint.spine1] = spine.length > 1 ? [spine[0]] : [pelvis, chest];
    drivers[Joint.spine2] = spine.length === 2 ? spine : [spine[Math.floor((spine.length - 1) / 2)] ?? chest];
    drivers[Joint.spine3] = [chest];
    const head = names.findIndex(({ side, word }) => side === '' && word === 'head');
    const neck = head < 0 ? [] : pathDown(joints, chest, head);
    drivers[Joint.neck] = [neck[0] ?? chest];
    drivers[Joint.head] = [neck.length > 0 ? head : chest];
    for (const collar of [Joint.leftCollar, Joint.rightCollar])
      if (limbs[collar] < 0) drivers[collar] = [chest];
    for (const ankle of [Joint.leftAnkle, Joint.rightAnkle]) drivers[ankle + 3] = [limbs[ankle]];
    const daz = ['lShldr', 'abdomen', 'lThigh'].every((name) => joints.some((joint) => joint.name === name));
    return { convention, drivers, daz };
  }
  const found = joints.map((joint) => joint.name).join(', ');
  throw new FormatError(
    'ERR_BVH',
    'hips, knees, ankles, shoulders, elbows and wrists of both sides, named as in MotionBuilder, Daz, Mixamo, 100STYLE or SMPL,',
    'the joints of a skeleton',
    found,
  );
}

import { ARMS, BONE_LENGTHS, LEGS, legLength, REST_OFFSETS, type Side } from './body.js';
import { column } from './controls.js';
import { clamp, DEGREE, minimumJerk, mix } from './curves.js';
import type { FootPose } from './feet.js';
import { aboutY, aboutZ, fromYawPitchRoll, multiply, type Rotation } from './rotation.js';

/** No knee opens farther than this, so that it never locks or bends backward. */
const LEAST_KNEE = 4 * DEGREE;
const LEAST_PLANTED_KNEE = 9 * DEGREE;
const MOST_KNEE = 150 * DEGREE;

/** Knees point a little outward, so that they pass each other: recorded walkers keep theirs 16 cm apart and more. */
const KNEE_OUT = 8 * DEGREE;

const LONGEST = [legLength(0, LEAST_KNEE), legLength(1, LEAST_KNEE)];
const LONGEST_PLANTED = [legLength(0, LEAST_PLANTED_KNEE), legLength(1, LEAST_PLANTED_KNEE)];
const SHORTEST = [legLength(0, MOST_KNEE), legLength(1, MOST_KNEE)];

type Feet = readonly [FootPose, FootPose];

/** Writes joint `child` at its parent's place plus its bone turned by the parent's rotation. */
function attach(out: Float64Array, offset: number, parent: number, child: number, r: Rotation): void {
  const x = REST_OFFSETS[child * 3];
  const y = REST_OFFSETS[child * 3 + 1];
  const z = REST_OFFSETS[child * 3 + 2];
  const p = offset + parent * 3;
  const c = offset + child * 3;
  out[c] = out[p] + r[0] * x + r[1] * y + r[2] * z;
  out[c + 1] = out[p + 1] + r[3] * x + r[4] * y + r[5] * z;
  out[c + 2] = out[p + 2] + r[6] * x + r[7] * y + r[8] * z;
}

function pelvisRotation(yaw: number, controls: Float64Array, row: number): Rotation {
  return fromYawPitchRoll(
    yaw + controls[row + column.pelvisYaw],
    controls[row + column.pelvisPitch],
    controls[row + column.pelvisRoll],
  );
}

/**
 * Highest place of the pelvis from which the planted feet (with `withNear` also those near it) can be reached with bent
 * knees, metres; Infinity with none.
 * The hips turn with the pelvis, so the answer does not depend on its height.
 */
export function reachableHeight(
  x: number,
  z: number,
  yaw: number,
  controls: Float64Array,
  row: number,
  feet: Feet,
  withNear: boolean,
): number {
  const r = pelvisRotation(yaw, controls, row);
  let highest = Infinity;
  for (const side of [0, 1] as const) {
    if (!feet[side].planted && !(withNear && feet[side].near)) continue;
    const [hx, hy, hz] = turned(r, LEGS[side].hip);
    const [ax, ay, az] = feet[side].ankle;
    const away = Math.hypot(x + hx - ax, z + hz - az);
    const up = LONGEST_PLANTED[side] ** 2 - away ** 2;
    highest = Math.min(highest, ay + Math.sqrt(Math.max(0, up)) - hy);
  }
  return highest;
}

function turned(r: Rotation, joint: number): [number, number, number] {
  const x = REST_OFFSETS[joint * 3];
  const y = REST_OFFSETS[joint * 3 + 1];
  const z = REST_OFFSETS[joint * 3 + 2];
  return [r[0] * x + r[1] * y + r[2] * z, r[3] * x + r[4] * y + r[5] * z, r[6] * x + r[7] * y + r[8] * z];
}

/** Writes the 22 joints of one frame from the pelvis, the feet and the controls of that frame. */
export function assemble(
  out: Float64Array,
  offset: number,
  pelvis: readonly [x: number, y: number, z: number],
  yaw: number,
  controls: Float64Array,
  row: number,
  feet: Feet,
): void {
  out.set(pelvis, offset);
  const root = pelvisRotation(yaw, controls, row);
  attach(out, offset, 0, 1, root);
  attach(out, offset, 0, 2, root);
  attach(out, offset, 0, 3, root);
  for (const side of [0, 1] as const)
    leg(out, offset, side, yaw + controls[row + column.pelvisYaw], feet[side]);

  const third = fromYawPitchRoll(
    controls[row + column.chestYaw] / 3,
    controls[row + column.chestPitch] / 3,
    controls[row + column.chestRoll] / 3,
  );
  const spine1 = multiply(root, third);
  const spine2 = multiply(spine1, third);
  const chest = multiply(spine2, third);
  attach(out, offset, 3, 6, spine1);
  attach(out, offset, 6, 9, spine2);
  attach(out, offset, 9, 12, chest);
  // The head keeps most of its direction while the trunk leans and turns (gaze stabilisation), but goes along with a deep bow.
  const lean = controls[row + column.pelvisPitch] + controls[row + column.chestPitch];
  const neck = multiply(
    chest,
    fromYawPitchRoll(
      controls[row + column.headYaw] -
        0.8 * (controls[row + column.pelvisYaw] + controls[row + column.chestYaw]),
      controls[row + column.headPitch] - 0.35 * Math.tanh(1.5 * lean),
      controls[row + column.headRoll] -
        0.7 * (controls[row + column.pelvisRoll] + controls[row + column.chestRoll]),
    ),
  );
  attach(out, offset, 12, 15, neck);
  arm(out, offset, 0, chest, controls, row + column.leftFlexion);
  arm(out, offset, 1, chest, controls, row + column.rightFlexion);
}

function arm(
  out: Float64Array,
  offset: number,
  side: Side,
  chest: Rotation,
  controls: Float64Array,
  first: number,
): void {
  // The four controls of an arm follow each other.
  const flexion = controls[first];
  const abduction = controls[first + 1];
  const rotation = controls[first + 2];
  const elbow = controls[first + 3];
  const { collar, shoulder, elbow: elbowJoint, wrist } = ARMS[side];
  const outward = side === 0 ? 1 : -1;
  const upper = multiply(
    multiply(chest, fromYawPitchRoll(0, -flexion, outward * abduction)),
    aboutY(-outward * rotation),
  );
  // Scapulohumeral rhythm: above 30 degrees about a third of the elevation comes from the shoulder girdle (Inman et al. 1944),
  // of which the collar bone shows the half.
  const elevation = Math.acos(clamp(Math.cos(flexion) * Math.cos(abduction), -1, 1));
  const shrug = 22 * DEGREE * minimumJerk((elevation - 20 * DEGREE) / (150 * DEGREE)) - 6 * DEGREE;
  attach(out, offset, 9, collar, chest);
  attach(out, offset, collar, shoulder, multiply(chest, aboutZ(outward * shrug)));
  const s = offset + shoulder * 3;
  const e = offset + elbowJoint * 3;
  const w = offset + wrist * 3;
  const upperLength = BONE_LENGTHS[elbowJoint];
  const foreLength = BONE_LENGTHS[wrist];
  const bend = clamp(elbow, 3 * DEGREE, 145 * DEGREE);
  const cos = Math.cos(bend);
  const sin = Math.sin(bend);
  for (let axis = 0; axis < 3; axis++) {
    const down = -upper[axis * 3 + 1];
    out[e + axis] = out[s + axis] + upperLength * down;
    out[w + axis] = out[e + axis] + foreLength * (cos * down + sin * upper[axis * 3 + 2]);
  }
}

/**
 * Two-bone inverse kinematics (law of cosines) from the hip to the ankle. The knee is a hinge whose axis points to the left
 * of the direction between those of the pelvis and the foot, so it bends forward, or up for a raised leg. An ankle in the air
 * that is out of reach comes nearer; planted ones are in reach by the height of the pelvis.
 */
function leg(out: Float64Array, offset: number, side: Side, pelvisYaw: number, foot: FootPose): void {
  const { hip, knee, ankle, ball } = LEGS[side];
  const thigh = BONE_LENGTHS[knee];
  const shank = BONE_LENGTHS[ankle];
  const h = offset + hip * 3;
  let ex = foot.ankle[0] - out[h];
  let ey = foot.ankle[1] - out[h + 1];
  let ez = foot.ankle[2] - out[h + 2];
  const wanted = Math.hypot(ex, ey, ez);
  const length = clamp(wanted, SHORTEST[side], LONGEST[side]);
  ex /= wanted;
  ey /= wanted;
  ez /= wanted;
  const yaw = mix(pelvisYaw, foot.yaw, 0.5) + (side === 0 ? KNEE_OUT : -KNEE_OUT);
  // Leg direction x knee axis (cos yaw, 0, -sin yaw), normalised.
  const ax = Math.cos(yaw);
  const az = -Math.sin(yaw);
  let nx = ey * az;
  let ny = ez * ax - ex * az;
  let nz = -ey * ax;
  const norm = Math.hypot(nx, ny, nz);
  nx /= norm;
  ny /= norm;
  nz /= norm;
  const along = (thigh ** 2 - shank ** 2 + length ** 2) / (2 * length);
  const out1 = Math.sqrt(Math.max(0, thigh ** 2 - along ** 2));
  const k = offset + knee * 3;
  const a = offset + ankle * 3;
  const b = offset + ball * 3;
  out[k] = out[h] + along * ex + out1 * nx;
  out[k + 1] = out[h + 1] + along * ey + out1 * ny;
  out[k + 2] = out[h + 2] + along * ez + out1 * nz;
  out[a] = out[h] + length * ex;
  out[a + 1] = out[h + 1] + length * ey;
  out[a + 2] = out[h + 2] + length * ez;
  for (let axis = 0; axis < 3; axis++) out[b + axis] = out[a + axis] + foot.ball[axis] - foot.ankle[axis];
}

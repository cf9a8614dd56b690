import { decodeFeatures, FEATURE_SIZE } from '../motion/features.js';
import { forwardKinematics, globalRotations } from '../motion/kinematics.js';
import { FRAME_SIZE } from '../motion/motion.js';
import { REST_OFFSETS } from '../motion/rest-skeleton.js';
import { JOINT_COUNT } from '../motion/skeleton.js';
import { CorrectorError, expected } from './errors.js';
import { NOT_FINITE } from './report.js';

const ROTATIONS_SIZE = JOINT_COUNT * 4;

/** Joint positions `[T, 22, 3]`, metres, y up, floor near y = 0, joints in SMPL order. */
export interface JointsInput {
  joints: Float32Array;
}

/** Joint rotations, as SMPL and BVH have them. */
export interface RotationsInput {
  /** `[T, 22, 4]`: w, x, y, z, each relative to the parent joint; the pelvis' in the world. They need not have unit length. */
  rotations: Float32Array;
  /** Position of the pelvis `[T, 3]`, metres, y up. */
  root: Float32Array;
  /** Offset of each joint from its parent when nothing is turned `[22, 3]`, metres; default: an average adult in a T pose facing +z. */
  skeleton?: Float32Array | Float64Array;
}

/** HumanML3D's features `[T, 263]`, not normalised; read by their positions, as the first T frames they describe. */
export interface FeaturesInput {
  features: Float32Array;
}

/** One motion, in one of three forms. */
export type CorrectInput = JointsInput | RotationsInput | FeaturesInput;

/** Many motions as joint positions, one after the other in one array. */
export interface PackedMotions {
  /** `[sum of T, 22, 3]`, metres, y up, as in `JointsInput`. */
  joints: Float32Array;
  /** Frames T of each motion `[M]`, 0 or more. */
  lengths: Int32Array;
}

export type MotionForm = 'joints' | 'rotations' | 'features';

export const FORMS: readonly MotionForm[] = ['joints', 'rotations', 'features'];

/** A motion as joints, with a copy of what is needed to give it back in the form it came. */
export interface Taken {
  form: MotionForm;
  /** `[T, 22, 3]`; for joints the caller's own array. */
  joints: Float32Array;
  rotations?: Required<RotationsInput>;
  features?: Float32Array;
  /** Why it is not a motion, where its numbers already say so. */
  problem?: string;
}

function floats(value: unknown, name: string, shape: string): Float32Array {
  if (Array.isArray(value))
    throw expected('ERR_SHAPE', `a flat Float32Array [frames x ${shape}]`, name, value);
  if (!(value instanceof Float32Array)) throw expected('ERR_TYPE', 'a Float32Array', name, value);
  return value;
}

function whole(array: Float32Array, size: number, name: string, shape: string): number {
  const frames = array.length / size;
  if (!Number.isInteger(frames))
    throw expected('ERR_SHAPE', `a multiple of ${size} values [frames x ${shape}]`, name, array);
  return frames;
}

function takeRotations(input: RotationsInput, name: string): Taken {
  const rotations = floats(input.rotations, `${name}.rotations`, '22 x 4').slice();
  const root = floats(input.root, `${name}.root`, '3').slice();
  const frames = whole(rotations, ROTATIONS_SIZE, `${name}.rotations`, '22 x 4');
  if (root.length !== 3 * frames)
    throw expected(
      'ERR_SHAPE',
      `${3 * frames} values, 3 for each of the ${frames} frames of rotations,`,
      `${name}.root`,
      root,
    );
  const { skeleton: given = REST_OFFSETS } = input;
  if (!(given instanceof Float32Array || given instanceof Float64Array))
    throw expected('ERR_TYPE', 'a Float32Array or a Float64Array', `${name}.skeleton`, given);
  if (given.length !== JOINT_COUNT * 3)
    throw expected('ERR_SHAPE', '66 values [22 x 3]', `${name}.skeleton`, given);
  const skeleton = given.slice();

  let problem: string | undefined;
  const local = Float64Array.from(rotations);
  for (let q = 0; q < local.length; q += 4) {
    const norm = Math.hypot(local[q], local[q + 1], local[q + 2], local[q + 3]);
    if (norm === 0) {
      problem = 'a rotation is a quaternion of length 0';
      local[q] = 1;
    } else for (let c = 0; c < 4; c++) local[q + c] /= norm;
  }
  const joints = forwardKinematics(root, globalRotations(local), Float64Array.from(skeleton));
  return {
    form: 'rotations',
    joints: Float32Array.from(joints),
    rotations: { rotations, root, skeleton },
    problem,
  };
}

function takeFeatures(input: FeaturesInput, name: string): Taken {
  const features = floats(input.features, `${name}.features`, '263').slice();
  const frames = whole(features, FEATURE_SIZE, `${name}.features`, '263');
  return {
    form: 'features',
    joints: frames > 0 ? decodeFeatures(features) : new Float32Array(0),
    features,
    // Most of the numbers are not read; one that is not finite spoils them all the same.
    problem: features.every(Number.isFinite) ? undefined : NOT_FINITE,
  };
}

function takeJoints(input: JointsInput, name: string): Taken {
  const joints = floats(input?.joints, `${name}.joints`, '22 x 3');
  if (joints.length % FRAME_SIZE === 0) return { form: 'joints', joints };
  return { form: 'joints', joints: joints.slice(), problem: 'its values do not fill frames of 22 x 3' };
}

/**
 * Reads one motion.
 * @param name what it is called in an error.
 * @throws {CorrectorError} `ERR_TYPE` or `ERR_SHAPE`, with the motion and the array by name. Joints that do not fill whole
 *   frames are no error but a rejected motion, like other damage in joints that a generator made.
 */
export function takeInput(input: CorrectInput, name: string): Taken {
  const { rotations, features } = (input ?? {}) as Partial<Record<MotionForm, unknown>>;
  if (rotations === undefined && features === undefined) return takeJoints(input as JointsInput, name);
  const forms = FORMS.filter((form) => (input as Partial<Record<MotionForm, unknown>>)[form] !== undefined);
  if (forms.length > 1)
    throw new CorrectorError(
      'ERR_TYPE',
      `Expected one of joints, rotations and features for ${name} but received ${forms.join(' and ')}`,
    );
  return rotations === undefined
    ? takeFeatures(input as FeaturesInput, name)
    : takeRotations(input as RotationsInput, name);
}

import { type NumberArray, toFloat64 } from './array.js';
import { FormatError } from './format-error.js';
import { readNpy, readNumbers, writeNpy, writeNpyText } from './npy.js';
import { readNpzMembers, writeNpz } from './npz.js';

/**
 * AMASS (Mahmood et al., ICCV 2019): npz archives of SMPL+H (`poses` [N, 156], `mocap_framerate`) or SMPL-X parameters
 * (`poses` [N, 165], `root_orient`, `pose_body`, `mocap_frame_rate`), rotation vectors in radians, metres, z up.
 */

/** Numbers of a frame that turn the 22 body joints. */
export const BODY_WIDTH = 66;
const SMPLH_WIDTH = 156;
const ROOT_WIDTH = 3;

export interface AmassMotion {
  /** Local rotation vectors of the 22 body joints, `[frame, 22, xyz]` [rad]. */
  poses: Float64Array;
  /** `[frame, xyz]` [m], z up. SMPL places the pelvis at this plus a constant that depends on the body's shape. */
  trans: Float64Array;
  fps: number;
}

export interface AmassFile extends AmassMotion {
  /** Every array of the archive as npy bytes, to be written back. */
  members: Map<string, Uint8Array>;
}

function fail(expected: string, what: string, received: unknown): never {
  throw new FormatError('ERR_AMASS', expected, what, received);
}

/** Columns of a two-dimensional array, at least `width` of them. */
function columns(members: Map<string, Uint8Array>, name: string, width: number, frames?: number) {
  const bytes = members.get(name);
  if (!bytes) return undefined;
  const { shape, data } = readNumbers(bytes);
  if (!(shape.length === 2 && shape[1] >= width && (frames === undefined || shape[0] === frames)))
    fail(`shape [${frames ?? 'frames'}, ${width} or more]`, `'${name}' of an AMASS archive`, `[${shape}]`);
  return { shape, data };
}

function readRate(members: Map<string, Uint8Array>): number {
  const bytes = members.get('mocap_framerate') ?? members.get('mocap_frame_rate');
  if (!bytes)
    return fail(
      "'mocap_framerate' or 'mocap_frame_rate'",
      'an AMASS archive',
      [...members.keys()].join(', '),
    );
  const { data } = readNpy(bytes);
  const fps = Number(data[0]);
  return fps >= 1 && fps <= 10_000
    ? fps
    : fail('1 to 10,000 frames per second', "'mocap_framerate'", data[0]);
}

function take(
  source: { shape: number[]; data: NumberArray },
  width: number,
  out: Float64Array,
  column: number,
): void {
  const data = toFloat64(source.data);
  const [frames, stride] = source.shape;
  const outWidth = out.length / Math.max(1, frames);
  for (let t = 0; t < frames; t++)
    for (let c = 0; c < width; c++) out[t * outWidth + column + c] = data[t * stride + c];
}

/**
 * Reads an AMASS archive of either kind.
 * @throws FormatError `ERR_AMASS` for missing or misshapen arrays and values that are not finite; `ERR_NPZ`, `ERR_NPY`.
 */
export function readAmass(bytes: Uint8Array): AmassFile {
  const members = readNpzMembers(bytes);
  const trans = columns(members, 'trans', 3);
  if (!trans) return fail("an array 'trans'", 'an AMASS archive', [...members.keys()].join(', '));
  const frames = trans.shape[0];
  const result: AmassFile = {
    poses: new Float64Array(frames * BODY_WIDTH),
    trans: new Float64Array(frames * 3),
    fps: readRate(members),
    members,
  };
  take(trans, 3, result.trans, 0);
  const poses = columns(members, 'poses', BODY_WIDTH, frames);
  if (poses) take(poses, BODY_WIDTH, result.poses, 0);
  else {
    const root = columns(members, 'root_orient', ROOT_WIDTH, frames);
    const body = columns(members, 'pose_body', BODY_WIDTH - ROOT_WIDTH, frames);
    if (!root || !body)
      return fail(
        "'poses', or 'root_orient' and 'pose_body'",
        'an AMASS archive',
        [...members.keys()].join(', '),
      );
    take(root, ROOT_WIDTH, result.poses, 0);
    take(body, BODY_WIDTH - ROOT_WIDTH, result.poses, ROOT_WIDTH);
  }
  for (const key of ['poses', 'trans'] as const)
    if (!result[key].every(Number.isFinite)) fail('finite numbers', `'${key}' of an AMASS archive`, 'others');
  return result;
}

/** The npy bytes of an array with its first columns replaced, in its own element type. */
function replaced(bytes: Uint8Array, values: Float64Array, from: number, width: number): Uint8Array {
  const { shape, data } = readNumbers(bytes);
  const out = data instanceof Float32Array ? data : toFloat64(data);
  const [frames, stride] = shape;
  const valueWidth = values.length / Math.max(1, frames);
  for (let t = 0; t < frames; t++)
    for (let c = 0; c < width; c++) out[t * stride + c] = values[t * valueWidth + from + c];
  return writeNpy(shape, out);
}

/** Writes an archive back with other body poses and path of the same number of frames; all else stays as it was. */
export function replaceAmass(file: AmassFile, poses: Float64Array, trans: Float64Array): Uint8Array {
  if (poses.length !== file.poses.length || trans.length !== file.trans.length)
    throw new RangeError(
      `Expected ${file.trans.length / 3} frames for an AMASS archive but received ${trans.length / 3}`,
    );
  const members = new Map(file.members);
  const replace = (name: string, values: Float64Array, from: number, width: number) => {
    const bytes = members.get(name);
    if (bytes) members.set(name, replaced(bytes, values, from, width));
  };
  replace('trans', trans, 0, 3);
  replace('poses', poses, 0, BODY_WIDTH);
  replace('root_orient', poses, 0, ROOT_WIDTH);
  replace('pose_body', poses, ROOT_WIDTH, BODY_WIDTH - ROOT_WIDTH);
  return writeNpz(members);
}

/** Writes a new SMPL+H archive: neutral mean shape, flat hands. */
export function writeAmass({ poses, trans, fps }: AmassMotion): Uint8Array {
  const frames = trans.length / 3;
  const wide = new Float64Array(frames * SMPLH_WIDTH);
  for (let t = 0; t < frames; t++)
    wide.set(poses.subarray(t * BODY_WIDTH, (t + 1) * BODY_WIDTH), t * SMPLH_WIDTH);
  return writeNpz([
    ['poses', writeNpy([frames, SMPLH_WIDTH], wide)],
    ['trans', writeNpy([frames, 3], trans)],
    ['betas', writeNpy([16], new Float64Array(16))],
    ['dmpls', writeNpy([frames, 8], new Float64Array(frames * 8))],
    ['gender', writeNpyText('neutral')],
    ['mocap_framerate', writeNpy([], Float64Array.of(fps))],
  ]);
}

import { AXES, CHAIN_PARENTS, FEATURE_SIZE, POSITIONS, ROTATIONS } from './feature-layout.js';
import { FRAME_SIZE } from './motion.js';
import { rotate } from './quaternion.js';
import { BONE_LENGTHS } from './rest-skeleton.js';
import { JOINT_COUNT, PARENTS } from './skeleton.js';

function rowsOf(features: Float32Array | Float64Array): number {
  const rows = features.length / FEATURE_SIZE;
  if (!(Number.isInteger(rows) && rows >= 1))
    throw new RangeError(
      `Expected a multiple of ${FEATURE_SIZE} numbers for features but received ${features.length}`,
    );
  return rows;
}

/** Calls `visit` with the root of each row and the cosine and sine that turn the row's vectors to the world. */
function walkRoots(
  features: Float32Array | Float64Array,
  visit: (t: number, x: number, z: number, cosine: number, sine: number, half: number) => void,
): void {
  const rows = rowsOf(features);
  let half = 0;
  let x = 0;
  let z = 0;
  for (let t = 0; t < rows; t++) {
    if (t > 0) half += features[(t - 1) * FEATURE_SIZE];
    const cosine = Math.cos(2 * half);
    const sine = Math.sin(2 * half);
    if (t > 0) {
      const dx = features[(t - 1) * FEATURE_SIZE + 1];
      const dz = features[(t - 1) * FEATURE_SIZE + 2];
      x += cosine * dx - sine * dz;
      z += cosine * dz + sine * dx;
    }
    visit(t, x, z, cosine, sine, half);
  }
}

/**
 * Joints `[rows, 22, xyz]` from the positions in features `[rows, 263]`, first pelvis above the origin: the exact inverse of
 * `encodeFeatures` for all frames but the last.
 */
export function decodeFeatures(features: Float32Array | Float64Array): Float32Array {
  const out = new Float32Array(rowsOf(features) * FRAME_SIZE);
  walkRoots(features, (t, rootX, rootZ, cosine, sine) => {
    const row = t * FEATURE_SIZE;
    const at = t * FRAME_SIZE;
    out[at] = rootX;
    out[at + 1] = features[row + 3];
    out[at + 2] = rootZ;
    for (let j = 1; j < JOINT_COUNT; j++) {
      const i = row + POSITIONS + 3 * (j - 1);
      const x = features[i];
      const z = features[i + 2];
      out[at + 3 * j] = cosine * x - sine * z + rootX;
      out[at + 3 * j + 1] = features[i + 1];
      out[at + 3 * j + 2] = cosine * z + sine * x + rootZ;
    }
  });
  return out;
}

const turn = new Float64Array(9);
const bone = new Float64Array(3);
const heading = new Float64Array(4);
const matrices = new Float64Array(9 * JOINT_COUNT);

/** turn = the rotation of two columns, made orthonormal (Zhou et al., "On the continuity of rotation representations", CVPR 2019). */
function readColumns(features: Float32Array | Float64Array, i: number): void {
  const norm = Math.hypot(features[i], features[i + 1], features[i + 2]) || 1;
  const ax = features[i] / norm;
  const ay = features[i + 1] / norm;
  const az = features[i + 2] / norm;
  let cx = ay * features[i + 5] - az * features[i + 4];
  let cy = az * features[i + 3] - ax * features[i + 5];
  let cz = ax * features[i + 4] - ay * features[i + 3];
  const length = Math.hypot(cx, cy, cz) || 1;
  cx /= length;
  cy /= length;
  cz /= length;
  turn[0] = ax;
  turn[3] = ay;
  turn[6] = az;
  turn[2] = cx;
  turn[5] = cy;
  turn[8] = cz;
  turn[1] = cy * az - cz * ay;
  turn[4] = cz * ax - cx * az;
  turn[7] = cx * ay - cy * ax;
}

/** Joints `[rows, 22, xyz]` from the root and the rotations in features `[rows, 263]` and bone lengths [22] in metres. */
export function decodeRotations(
  features: Float32Array | Float64Array,
  lengths: ArrayLike<number> = BONE_LENGTHS,
): Float32Array {
  const out = new Float32Array(rowsOf(features) * FRAME_SIZE);
  walkRoots(features, (t, rootX, rootZ, _cosine, _sine, half) => {
    const row = t * FEATURE_SIZE;
    const at = t * FRAME_SIZE;
    out[at] = rootX;
    out[at + 1] = features[row + 3];
    out[at + 2] = rootZ;
    heading[0] = Math.cos(half);
    heading[2] = Math.sin(half);
    for (let c = 0; c < 3; c++) {
      rotate(bone, 0, heading, 0, c === 0 ? 1 : 0, c === 1 ? 1 : 0, c === 2 ? 1 : 0);
      for (let r = 0; r < 3; r++) matrices[3 * r + c] = bone[r];
    }
    for (let j = 1; j < JOINT_COUNT; j++) {
      readColumns(features, row + ROTATIONS + 6 * (j - 1));
      const parent = 9 * CHAIN_PARENTS[j];
      const [x, y, z] = AXES[j];
      for (let r = 0; r < 3; r++) {
        const i = parent + 3 * r;
        for (let c = 0; c < 3; c++)
          matrices[9 * j + 3 * r + c] =
            matrices[i] * turn[c] + matrices[i + 1] * turn[3 + c] + matrices[i + 2] * turn[6 + c];
        const o = 9 * j + 3 * r;
        out[at + 3 * j + r] =
          out[at + 3 * PARENTS[j] + r] +
          lengths[j] * (matrices[o] * x + matrices[o + 1] * y + matrices[o + 2] * z);
      }
    }
  });
  return out;
}

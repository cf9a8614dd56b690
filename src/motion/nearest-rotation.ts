/**
 * The rotation R that maximises trace(R^T M), i.e. the least-squares rotation between two point sets with covariance
 * M = sum_k target_k source_k^T (Kabsch 1976), as the top eigenvector of Davenport's 4x4 matrix (Horn, "Closed-form solution
 * of absolute orientation using unit quaternions", 1987), found by Jacobi rotations: no special case for points in a plane
 * and never a reflection.
 */

const SIZE = 4;
const key = new Float64Array(16);
const vectors = new Float64Array(16);

/** One Jacobi rotation that zeroes key[p][q]; `vectors` collects the product. */
function annihilate(p: number, q: number): void {
  const off = key[SIZE * p + q];
  if (Math.abs(off) < 1e-300) return;
  const theta = (key[SIZE * q + q] - key[SIZE * p + p]) / (2 * off);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const cosine = 1 / Math.sqrt(t * t + 1);
  const sine = t * cosine;
  for (let k = 0; k < SIZE; k++) {
    const a = key[SIZE * k + p];
    const b = key[SIZE * k + q];
    key[SIZE * k + p] = cosine * a - sine * b;
    key[SIZE * k + q] = sine * a + cosine * b;
  }
  for (let k = 0; k < SIZE; k++) {
    const a = key[SIZE * p + k];
    const b = key[SIZE * q + k];
    key[SIZE * p + k] = cosine * a - sine * b;
    key[SIZE * q + k] = sine * a + cosine * b;
    const u = vectors[SIZE * k + p];
    const v = vectors[SIZE * k + q];
    vectors[SIZE * k + p] = cosine * u - sine * v;
    vectors[SIZE * k + q] = sine * u + cosine * v;
  }
}

/** out = the rotation nearest to the row-major 3x3 matrix m (`out` may be `m`); the identity for m = 0. */
export function nearestRotation(out: Float64Array, m: Float64Array): void {
  let scale = 0;
  for (let k = 0; k < 9; k++) scale = Math.max(scale, Math.abs(m[k]));
  if (!(scale > 0 && scale < Number.POSITIVE_INFINITY)) {
    out.fill(0, 0, 9);
    out[0] = out[4] = out[8] = 1;
    return;
  }
  const xx = m[0] / scale;
  const yy = m[4] / scale;
  const zz = m[8] / scale;
  key[0] = xx + yy + zz;
  key[5] = xx - yy - zz;
  key[10] = yy - xx - zz;
  key[15] = zz - xx - yy;
  key[1] = key[4] = (m[7] - m[5]) / scale;
  key[2] = key[8] = (m[2] - m[6]) / scale;
  key[3] = key[12] = (m[3] - m[1]) / scale;
  key[6] = key[9] = (m[3] + m[1]) / scale;
  key[7] = key[13] = (m[2] + m[6]) / scale;
  key[11] = key[14] = (m[7] + m[5]) / scale;
  vectors.fill(0);
  for (let k = 0; k < SIZE; k++) vectors[5 * k] = 1;
  for (let sweep = 0; sweep < 12; sweep++) {
    let off = 0;
    for (let p = 0; p < 3; p++) for (let q = p + 1; q < 4; q++) off += Math.abs(key[SIZE * p + q]);
    if (off < 1e-15) break;
    for (let p = 0; p < 3; p++) for (let q = p + 1; q < 4; q++) annihilate(p, q);
  }
  let top = 0;
  for (let k = 1; k < 4; k++) if (key[5 * k] > key[5 * top]) top = k;
  const w = vectors[top];
  const x = vectors[SIZE + top];
  const y = vectors[2 * SIZE + top];
  const z = vectors[3 * SIZE + top];
  out[0] = 1 - 2 * (y * y + z * z);
  out[1] = 2 * (x * y - z * w);
  out[2] = 2 * (x * z + y * w);
  out[3] = 2 * (x * y + z * w);
  out[4] = 1 - 2 * (x * x + z * z);
  out[5] = 2 * (y * z - x * w);
  out[6] = 2 * (x * z - y * w);
  out[7] = 2 * (y * z + x * w);
  out[8] = 1 - 2 * (x * x + y * y);
}

/**
 * Unit quaternions w, x, y, z stored at an offset of a flat array, so that loops over frames and joints allocate nothing.
 * `out` may be one of the inputs.
 */

/** Below this the sum 1 + cos of two directions counts as opposite: their rotation is half a turn about any normal. */
const OPPOSITE = 1e-12;

/** out = a b: the rotation b followed by a. */
export function multiply(
  out: Float64Array,
  o: number,
  a: Float64Array,
  ao: number,
  b: Float64Array,
  bo: number,
): void {
  const aw = a[ao];
  const ax = a[ao + 1];
  const ay = a[ao + 2];
  const az = a[ao + 3];
  const bw = b[bo];
  const bx = b[bo + 1];
  const by = b[bo + 2];
  const bz = b[bo + 3];
  out[o] = aw * bw - ax * bx - ay * by - az * bz;
  out[o + 1] = aw * bx + ax * bw + ay * bz - az * by;
  out[o + 2] = aw * by - ax * bz + ay * bw + az * bx;
  out[o + 3] = aw * bz + ax * by - ay * bx + az * bw;
}

/** out = a^-1 b: b as seen from a. */
export function relative(
  out: Float64Array,
  o: number,
  a: Float64Array,
  ao: number,
  b: Float64Array,
  bo: number,
): void {
  const aw = a[ao];
  const ax = -a[ao + 1];
  const ay = -a[ao + 2];
  const az = -a[ao + 3];
  const bw = b[bo];
  const bx = b[bo + 1];
  const by = b[bo + 2];
  const bz = b[bo + 3];
  out[o] = aw * bw - ax * bx - ay * by - az * bz;
  out[o + 1] = aw * bx + ax * bw + ay * bz - az * by;
  out[o + 2] = aw * by - ax * bz + ay * bw + az * bx;
  out[o + 3] = aw * bz + ax * by - ay * bx + az * bw;
}

/** out = q v q^-1: the vector (x, y, z) turned by q. */
export function rotate(
  out: Float64Array,
  o: number,
  q: Float64Array,
  qo: number,
  x: number,
  y: number,
  z: number,
): void {
  const w = q[qo];
  const a = q[qo + 1];
  const b = q[qo + 2];
  const c = q[qo + 3];
  const tx = 2 * (b * z - c * y);
  const ty = 2 * (c * x - a * z);
  const tz = 2 * (a * y - b * x);
  out[o] = x + w * tx + b * tz - c * ty;
  out[o + 1] = y + w * ty + c * tx - a * tz;
  out[o + 2] = z + w * tz + a * ty - b * tx;
}

/**
 * The shortest rotation that takes the direction of u to the direction of v; the identity when either has no length.
 * Neither needs unit length.
 */
export function between(
  out: Float64Array,
  o: number,
  ux: number,
  uy: number,
  uz: number,
  vx: number,
  vy: number,
  vz: number,
): void {
  const lengths = Math.sqrt((ux * ux + uy * uy + uz * uz) * (vx * vx + vy * vy + vz * vz));
  out[o] = 1;
  out[o + 1] = out[o + 2] = out[o + 3] = 0;
  if (!(lengths > 0)) return;
  let w = 1 + (ux * vx + uy * vy + uz * vz) / lengths;
  let x = (uy * vz - uz * vy) / lengths;
  let y = (uz * vx - ux * vz) / lengths;
  let z = (ux * vy - uy * vx) / lengths;
  if (w < OPPOSITE) {
    // half a turn about a normal of u, made from the axis u has least of
    w = 0;
    const least = Math.min(Math.abs(ux), Math.abs(uy), Math.abs(uz));
    if (least === Math.abs(ux)) [x, y, z] = [0, uz, -uy];
    else if (least === Math.abs(uy)) [x, y, z] = [-uz, 0, ux];
    else [x, y, z] = [uy, -ux, 0];
  }
  const norm = Math.sqrt(w * w + x * x + y * y + z * z);
  out[o] = w / norm;
  out[o + 1] = x / norm;
  out[o + 2] = y / norm;
  out[o + 3] = z / norm;
}

/** out = the rotation vector (x, y, z): unit axis times angle [rad]. */
export function fromRotationVector(out: Float64Array, o: number, x: number, y: number, z: number): void {
  const angle = Math.sqrt(x * x + y * y + z * z);
  const scale = angle < 1e-8 ? 0.5 - (angle * angle) / 48 : Math.sin(angle / 2) / angle;
  out[o] = Math.cos(angle / 2);
  out[o + 1] = x * scale;
  out[o + 2] = y * scale;
  out[o + 3] = z * scale;
}

/** out[o..o+2] = the rotation vector of q [rad], of length at most pi. */
export function toRotationVector(
  out: Float64Array | Float32Array,
  o: number,
  q: Float64Array,
  qo: number,
): void {
  const sign = q[qo] < 0 ? -1 : 1;
  const w = sign * q[qo];
  const x = sign * q[qo + 1];
  const y = sign * q[qo + 2];
  const z = sign * q[qo + 3];
  const sine = Math.sqrt(x * x + y * y + z * z);
  const scale = sine < 1e-8 ? 2 : (2 * Math.atan2(sine, w)) / sine;
  out[o] = x * scale;
  out[o + 1] = y * scale;
  out[o + 2] = z * scale;
}

/**
 * out = the rotation of a row-major 3x3 matrix (Shepperd, "Quaternion from rotation matrix", 1978: the largest of the
 * four components is taken from the diagonal, so no division is by a small number).
 */
export function fromMatrix(out: Float64Array, o: number, m: ArrayLike<number>, mo: number): void {
  const xx = m[mo];
  const yy = m[mo + 4];
  const zz = m[mo + 8];
  const trace = xx + yy + zz;
  if (trace >= xx && trace >= yy && trace >= zz) {
    const s = 2 * Math.sqrt(Math.max(0, 1 + trace));
    out[o] = s / 4;
    out[o + 1] = (m[mo + 7] - m[mo + 5]) / s;
    out[o + 2] = (m[mo + 2] - m[mo + 6]) / s;
    out[o + 3] = (m[mo + 3] - m[mo + 1]) / s;
  } else if (xx >= yy && xx >= zz) {
    const s = 2 * Math.sqrt(Math.max(0, 1 + xx - yy - zz));
    out[o] = (m[mo + 7] - m[mo + 5]) / s;
    out[o + 1] = s / 4;
    out[o + 2] = (m[mo + 1] + m[mo + 3]) / s;
    out[o + 3] = (m[mo + 2] + m[mo + 6]) / s;
  } else if (yy >= zz) {
    const s = 2 * Math.sqrt(Math.max(0, 1 + yy - xx - zz));
    out[o] = (m[mo + 2] - m[mo + 6]) / s;
    out[o + 1] = (m[mo + 1] + m[mo + 3]) / s;
    out[o + 2] = s / 4;
    out[o + 3] = (m[mo + 5] + m[mo + 7]) / s;
  } else {
    const s = 2 * Math.sqrt(Math.max(0, 1 + zz - xx - yy));
    out[o] = (m[mo + 3] - m[mo + 1]) / s;
    out[o + 1] = (m[mo + 2] + m[mo + 6]) / s;
    out[o + 2] = (m[mo + 5] + m[mo + 7]) / s;
    out[o + 3] = s / 4;
  }
}

/** out[o..o+8] = the row-major 3x3 matrix of q. */
export function toMatrix(out: Float64Array, o: number, q: Float64Array, qo: number): void {
  const w = q[qo];
  const x = q[qo + 1];
  const y = q[qo + 2];
  const z = q[qo + 3];
  out[o] = 1 - 2 * (y * y + z * z);
  out[o + 1] = 2 * (x * y - z * w);
  out[o + 2] = 2 * (x * z + y * w);
  out[o + 3] = 2 * (x * y + z * w);
  out[o + 4] = 1 - 2 * (x * x + z * z);
  out[o + 5] = 2 * (y * z - x * w);
  out[o + 6] = 2 * (x * z - y * w);
  out[o + 7] = 2 * (y * z + x * w);
  out[o + 8] = 1 - 2 * (x * x + y * y);
}

/** out = the rotation halfway between a and b, on the shorter arc. */
export function halfway(
  out: Float64Array,
  o: number,
  a: Float64Array,
  ao: number,
  b: Float64Array,
  bo: number,
): void {
  let dot = 0;
  for (let i = 0; i < 4; i++) dot += a[ao + i] * b[bo + i];
  const sign = dot < 0 ? -1 : 1;
  let norm = 0;
  for (let i = 0; i < 4; i++) {
    out[o + i] = a[ao + i] + sign * b[bo + i];
    norm += out[o + i] ** 2;
  }
  norm = Math.sqrt(norm);
  for (let i = 0; i < 4; i++) out[o + i] /= norm;
}

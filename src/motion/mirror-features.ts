import { CONTACT_JOINTS, CONTACTS, FEATURE_SIZE, POSITIONS, ROTATIONS, STEPS } from './feature-layout.js';
import { JOINT_COUNT, MIRROR } from './skeleton.js';

/** Mirrored row: number i is `SIGN[i]` times number `SOURCE[i]` of the row. */
const SOURCE = new Uint16Array(FEATURE_SIZE);
const SIGN = new Int8Array(FEATURE_SIZE);

function take(to: number, from: number, signs: readonly number[]): void {
  signs.forEach((sign, c) => {
    SOURCE[to + c] = from + c;
    SIGN[to + c] = sign;
  });
}

// With M = diag(-1, 1, 1) a point becomes M p and a rotation M R M, of which the first two columns are
// (r00, -r10, -r20) and (-r01, r11, r21). Yaw and steps to the side change sign. All joints change sides.
take(0, 0, [-1, -1, 1, 1]);
for (let j = 1; j < JOINT_COUNT; j++) {
  take(POSITIONS + 3 * (j - 1), POSITIONS + 3 * (MIRROR[j] - 1), [-1, 1, 1]);
  take(ROTATIONS + 6 * (j - 1), ROTATIONS + 6 * (MIRROR[j] - 1), [1, -1, -1, -1, 1, 1]);
}
for (let j = 0; j < JOINT_COUNT; j++) take(STEPS + 3 * j, STEPS + 3 * MIRROR[j], [-1, 1, 1]);
CONTACT_JOINTS.forEach((joint, k) =>
  take(CONTACTS + k, CONTACTS + CONTACT_JOINTS.indexOf(MIRROR[joint]), [1]),
);

const row = new Float32Array(FEATURE_SIZE);

/**
 * Features of the motion as seen in a mirror: `mirrorFeatures(encodeFeatures(joints))` is `encodeFeatures(mirror(joints))` to
 * rounding. Not for normalised features, whose mean and deviation differ between the sides.
 * @param features rows [..., 263]
 * @param out where the mirrored rows go, as long as `features` or `features` itself; a new array by default
 * @throws RangeError
 */
export function mirrorFeatures(
  features: Float32Array,
  out: Float32Array = new Float32Array(features.length),
): Float32Array {
  if (features.length % FEATURE_SIZE !== 0)
    throw new RangeError(
      `Expected rows of ${FEATURE_SIZE} numbers for features but received ${features.length} numbers`,
    );
  if (out.length !== features.length)
    throw new RangeError(`Expected ${features.length} numbers for out but received ${out.length}`);
  for (let at = 0; at < features.length; at += FEATURE_SIZE) {
    for (let i = 0; i < FEATURE_SIZE; i++) row[i] = features[at + i];
    for (let i = 0; i < FEATURE_SIZE; i++) out[at + i] = SIGN[i] * row[SOURCE[i]];
  }
  return out;
}

import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type EulerOrder, fromEuler, toEuler } from '../../src/motion/euler.js';
import {
  forwardKinematics,
  globalRotations,
  inverseKinematics,
  localRotations,
} from '../../src/motion/kinematics.js';
import { nearestRotation } from '../../src/motion/nearest-rotation.js';
import {
  between,
  fromMatrix,
  fromRotationVector,
  multiply,
  relative,
  rotate,
  toMatrix,
  toRotationVector,
} from '../../src/motion/quaternion.js';
import { REST_OFFSETS } from '../../src/motion/rest-skeleton.js';
import { solveTwoBone } from '../../src/motion/two-bone.js';
import { largestDifference } from '../io/shared-data.js';
import { randomMotion } from './random-motion.js';

const coordinate = fc.double({ min: -3, max: 3, noNaN: true });
const vector = fc.tuple(coordinate, coordinate, coordinate);
const angle = fc.double({ min: -Math.PI, max: Math.PI, noNaN: true });
const quaternion = vector.map(([x, y, z]) => {
  const q = new Float64Array(4);
  fromRotationVector(q, 0, x, y, z);
  return q;
});
const length = (v: ArrayLike<number>) => Math.hypot(v[0], v[1], v[2]);
const matrixOf = (q: Float64Array) => {
  const m = new Float64Array(9);
  toMatrix(m, 0, q, 0);
  return m;
};

/** 3x3 product by definition. */
function product(a: Float64Array, b: Float64Array): Float64Array {
  return Float64Array.from({ length: 9 }, (_, i) =>
    [0, 1, 2].reduce((sum, k) => sum + a[3 * Math.floor(i / 3) + k] * b[3 * k + (i % 3)], 0),
  );
}

test('products, relative rotations and turned vectors agree with matrices', () => {
  fc.assert(
    fc.property(quaternion, quaternion, vector, (a, b, v) => {
      const ab = new Float64Array(4);
      multiply(ab, 0, a, 0, b, 0);
      assert.ok(largestDifference(matrixOf(ab), product(matrixOf(a), matrixOf(b))) < 1e-12);
      const back = new Float64Array(4);
      relative(back, 0, a, 0, ab, 0);
      assert.ok(largestDifference(matrixOf(back), matrixOf(b)) < 1e-12);
      const turned = new Float64Array(3);
      rotate(turned, 0, a, 0, ...v);
      const m = matrixOf(a);
      const expected = [0, 1, 2].map((r) => m[3 * r] * v[0] + m[3 * r + 1] * v[1] + m[3 * r + 2] * v[2]);
      assert.ok(largestDifference(turned, expected) < 1e-12);
    }),
  );
});

test('matrices and rotation vectors convert both ways', () => {
  fc.assert(
    fc.property(quaternion, (q) => {
      const again = new Float64Array(4);
      fromMatrix(again, 0, matrixOf(q), 0);
      assert.ok(largestDifference(matrixOf(again), matrixOf(q)) < 1e-12);
      const v = new Float64Array(3);
      toRotationVector(v, 0, q, 0);
      assert.ok(length(v) <= Math.PI + 1e-12);
      fromRotationVector(again, 0, v[0], v[1], v[2]);
      assert.ok(largestDifference(matrixOf(again), matrixOf(q)) < 1e-12);
    }),
  );
  const q = new Float64Array(4);
  fromRotationVector(q, 0, 0, Math.PI / 2, 0);
  const out = new Float64Array(3);
  rotate(out, 0, q, 0, 0, 0, 1);
  assert.ok(largestDifference(out, [1, 0, 0]) < 1e-15);
});

test('between takes one direction to the other by the shortest way, opposite ones too', () => {
  fc.assert(
    fc.property(vector, vector, (u, v) => {
      fc.pre(length(u) > 1e-3 && length(v) > 1e-3);
      const q = new Float64Array(4);
      const out = new Float64Array(3);
      between(q, 0, ...u, ...v);
      rotate(out, 0, q, 0, ...u);
      const scale = length(v) / length(u);
      assert.ok(
        largestDifference(
          out.map((value) => value * scale),
          v,
        ) <
          1e-6 * length(v),
      );
      between(q, 0, ...u, -u[0], -u[1], -u[2]);
      rotate(out, 0, q, 0, ...u);
      assert.ok(
        largestDifference(
          out,
          u.map((value) => -value),
        ) < 1e-9,
      );
    }),
  );
  const q = new Float64Array(4);
  between(q, 0, 0, 0, 0, 1, 2, 3);
  assert.equal([...q], [1, 0, 0, 0]);
});

test('Euler angles convert both ways in all six orders, gimbal lock included', () => {
  const orders: EulerOrder[] = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ];
  const middle = fc.oneof(angle, fc.constantFrom(Math.PI / 2, -Math.PI / 2));
  fc.assert(
    fc.property(fc.constantFrom(...orders), angle, middle, angle, (order, a, b, c) => {
      const q = new Float64Array(4);
      fromEuler(q, 0, order, [a, b, c]);
      const angles = new Float64Array(3);
      toEuler(angles, 0, order, matrixOf(q), 0);
      const again = new Float64Array(4);
      fromEuler(again, 0, order, angles);
      assert.ok(largestDifference(matrixOf(again), matrixOf(q)) < 1e-7);
    }),
    { numRuns: 500 },
  );
  // Rz(90) Rx(90): x goes to y, y goes to z turned by Rz, so z
  const q = new Float64Array(4);
  fromEuler(q, 0, [2, 0], [Math.PI / 2, Math.PI / 2]);
  const out = new Float64Array(3);
  rotate(out, 0, q, 0, 0, 1, 0);
  assert.ok(largestDifference(out, [0, 0, 1]) < 1e-12);
});

test('the nearest rotation of a rotation is itself, of noisy points beats its neighbours', () => {
  fc.assert(
    fc.property(
      quaternion,
      fc.array(vector, { minLength: 3, maxLength: 3 }),
      quaternion,
      (q, points, nudge) => {
        const m = matrixOf(q);
        const out = new Float64Array(9);
        nearestRotation(out, m);
        assert.ok(largestDifference(out, m) < 1e-9);
        const covariance = Float64Array.from({ length: 9 }, (_, i) => points[Math.floor(i / 3)][i % 3]);
        nearestRotation(out, covariance);
        const agreement = (r: Float64Array) => r.reduce((sum, value, i) => sum + value * covariance[i], 0);
        const best = agreement(out);
        assert.ok(agreement(product(matrixOf(nudge), out)) <= best + 1e-9);
        assert.ok(agreement(m) <= best + 1e-9);
      },
    ),
  );
  const out = new Float64Array(9);
  nearestRotation(out, new Float64Array(9));
  assert.equal([...out], [1, 0, 0, 0, 1, 0, 0, 0, 1]);
});

test('inverse kinematics gives joints back, and rotations too with a guide', () => {
  for (const seed of [1, 2, 3, 4]) {
    const { joints, local } = randomMotion(seed, 30, 1.2);
    const root = Float64Array.from({ length: 90 }, (_, i) => joints[66 * Math.floor(i / 3) + (i % 3)]);
    const bare = inverseKinematics(joints, REST_OFFSETS);
    assert.ok(largestDifference(forwardKinematics(root, bare, REST_OFFSETS), joints) < 1e-9);
    const global = globalRotations(local);
    const guided = inverseKinematics(joints, REST_OFFSETS, global);
    const back = localRotations(guided);
    for (let i = 0; i < back.length; i += 4) {
      const dot =
        back[i] * local[i] +
        back[i + 1] * local[i + 1] +
        back[i + 2] * local[i + 2] +
        back[i + 3] * local[i + 3];
      assert.ok(Math.abs(dot) > 1 - 1e-12);
    }
  }
});

test('a guide of local rotations carries the limbs along with a body that turns', () => {
  const { joints, local } = randomMotion(7, 20, 1.2);
  const turn = Float64Array.of(Math.cos(0.6), 0.1, 0.5, -0.2);
  const norm = Math.hypot(...turn);
  turn.forEach((value, c) => {
    turn[c] = value / norm;
  });
  const turned = new Float64Array(joints.length);
  for (let i = 0; i < joints.length; i += 3)
    rotate(turned, i, turn, 0, joints[i], joints[i + 1], joints[i + 2]);
  const back = localRotations(inverseKinematics(turned, REST_OFFSETS, local, true));
  const pelvis = new Float64Array(4);
  for (let q = 0; q < back.length; q += 4) {
    const wanted = q % 88 === 0 ? pelvis : local.subarray(q, q + 4);
    if (q % 88 === 0) multiply(pelvis, 0, turn, 0, local, q);
    const dot = wanted.reduce((sum, value, c) => sum + value * back[q + c], 0);
    assert.ok(Math.abs(dot) > 1 - 1e-12, `joint ${(q / 4) % 22}`);
  }
});

test('a two-bone limb keeps its lengths, reaches what it can and bends towards the pole', () => {
  fc.assert(
    fc.property(vector, vector, vector, (start, target, pole) => {
      const out = new Float64Array(6);
      solveTwoBone(out, start, target, pole, 0.4, 0.42);
      const distance = Math.hypot(...start.map((value, c) => target[c] - value));
      fc.pre(distance > 1e-3);
      const bone = (a: ArrayLike<number>, b: ArrayLike<number>) =>
        Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
      const middle = out.subarray(0, 3);
      const end = out.subarray(3);
      assert.ok(Math.abs(bone(start, middle) - 0.4) < 1e-6);
      assert.ok(Math.abs(bone(middle, end) - 0.42) < 1e-6);
      if (distance < 0.8 && distance > 0.05) assert.ok(bone(end, target) < 1e-9);
      assert.ok(bone(start, end) < 0.82);
    }),
  );
  const out = new Float64Array(6);
  solveTwoBone(out, [0, 1, 0], [0, 0.4, 0], [0, 0.7, 1], 0.5, 0.5);
  assert.ok(largestDifference(out, [0, 0.7, 0.4, 0, 0.4, 0]) < 1e-12);
});

test.run();

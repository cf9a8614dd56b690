import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type CorrectedMotion,
  type CorrectInput,
  CorrectorError,
  correctBatch,
  proceduralMotions,
  Random,
  type RotationsInput,
} from '../../src/index.js';
import { decodeFeatures, encodeAllFrames } from '../../src/motion/features.js';
import { forwardKinematics, globalRotations } from '../../src/motion/kinematics.js';
import { REST_OFFSETS } from '../../src/motion/rest-skeleton.js';
import { haveMocap, mocapClip, mocapIds, waving } from '../support/motions.js';

const clips: Float32Array[] = [
  ...proceduralMotions({ count: 24, seed: 3 }).map(({ joints }) => joints),
  ...(haveMocap ? mocapIds('test').slice(0, 20).map(mocapClip) : []),
];

/** Joints by forward kinematics of rotations made unit. */
function posed({ root, rotations, skeleton }: Required<RotationsInput>): Float64Array {
  const local = Float64Array.from(rotations);
  for (let q = 0; q < local.length; q += 4) {
    const norm = Math.hypot(...local.subarray(q, q + 4));
    for (let c = q; c < q + 4; c++) local[c] /= norm;
  }
  return forwardKinematics(root, globalRotations(local), Float64Array.from(skeleton));
}

/** Largest distance of two joints [mm]. */
function apart(a: ArrayLike<number>, b: ArrayLike<number>): number {
  assert.is(a.length, b.length);
  let worst = 0;
  for (let i = 0; i < a.length; i += 3)
    worst = Math.max(worst, Math.hypot(a[i] - b[i], a[i + 1] - b[i + 1], a[i + 2] - b[i + 2]));
  return 1000 * worst;
}

/** Angle between two quaternions of unit length [degrees]. */
function angle(a: ArrayLike<number>, b: ArrayLike<number>, at: number): number {
  let cosine = 0;
  for (let c = 0; c < 4; c++) cosine += a[at + c] * b[at + c];
  return (360 / Math.PI) * Math.acos(Math.min(1, Math.abs(cosine)));
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const rotationsOf = ({ rotations, root, skeleton }: CorrectedMotion): Required<RotationsInput> => {
  if (!rotations || !root || !skeleton) throw new Error('no rotations');
  return { rotations, root, skeleton };
};
const rotated = (async () =>
  (
    await correctBatch(
      clips.map((joints) => ({ joints })),
      { output: 'rotations' },
    )
  ).motions)();

test('rotations of corrected joints pose the skeleton that comes with them exactly on those joints', async () => {
  for (const preset of ['clip', 'loop'] as const)
    for (const output of ['rotations', 'joints'] as const) {
      const { motions } = await correctBatch(
        clips.map((joints) => ({ joints })),
        { preset, output },
      );
      motions.forEach((motion, i) => {
        if (output === 'joints') assert.equal(Object.keys(motion).sort(), ['contacts', 'joints']);
        else {
          const out = rotationsOf(motion);
          assert.ok(
            apart(posed(out), motion.joints) < 0.05,
            `${preset} ${i}: ${apart(posed(out), motion.joints)}`,
          );
          // The rest pose is a T pose that faces +z, whatever the lengths of the bones.
          for (let j = 1; j < 22; j++) {
            const [a, b] = [out.skeleton, REST_OFFSETS].map((rest) =>
              Array.from(rest.subarray(3 * j, 3 * j + 3)),
            );
            const cosine = a.reduce((sum, value, c) => sum + value * b[c], 0);
            assert.ok(cosine > 0.95 * Math.hypot(...a) * Math.hypot(...b), `${preset} ${i} joint ${j}`);
          }
        }
      });
    }
});

test('rotations that come in are posed by forward kinematics, whatever the length of their quaternions', async () => {
  const given = (await rotated).map(rotationsOf);
  const scaled = given.map(({ rotations, ...rest }) => ({
    ...rest,
    rotations: rotations.map((value, i) => value * 2 ** ((i >> 2) % 3)),
  }));
  const results = await Promise.all(
    [given, scaled, given.map((one) => ({ joints: Float32Array.from(posed(one)) }))].map((inputs) =>
      correctBatch(inputs),
    ),
  );
  given.forEach((one, i) => {
    const [plain, long, joints] = results.map(({ motions }) => motions[i]);
    assert.equal(plain.joints, joints.joints, `motion ${i}`);
    assert.equal(plain.joints, long.joints, `motion ${i}, scaled`);
    for (const motion of [plain, long]) {
      const out = rotationsOf(motion);
      assert.equal(out.skeleton, one.skeleton);
      assert.ok(apart(posed(out), motion.joints) < 1, `motion ${i}: ${apart(posed(out), motion.joints)} mm`);
      for (let q = 0; q < out.rotations.length; q += 4)
        assert.ok(Math.abs(Math.hypot(...out.rotations.subarray(q, q + 4)) - 1) < 1e-6);
    }
  });
});

test('a motion that needs no correction keeps its rotations to a few degrees, twist and all', async () => {
  const random = new Random(5);
  // Twists that no joint position shows: of the head, the feet's toes, the hands.
  const given = (await rotated).map(rotationsOf).map(({ rotations, ...rest }) => {
    const own = rotations.slice();
    for (const joint of [10, 11, 15, 20, 21]) {
      const half = 0.6 * (random.uniform() - 0.5);
      for (let q = 4 * joint; q < own.length; q += 88) own.set([Math.cos(half), 0, Math.sin(half), 0], q);
    }
    return { ...rest, rotations: own };
  });
  const { motions, reports } = await correctBatch(given, { preset: 'loop' });
  const changes = given.map(({ rotations }, i) => {
    const after = rotationsOf(motions[i]).rotations;
    return Array.from({ length: after.length / 4 }, (_, k) => angle(after, rotations, 4 * k));
  });
  const all = changes.flat().sort((a, b) => a - b);
  const p95 = all[Math.floor(0.95 * all.length)];
  assert.ok(mean(all) < 1 && p95 < 4, `mean ${mean(all)}, 95th percentile ${p95} degrees`);
  changes.forEach((change, i) => {
    if (reports[i].errorRoot > 10) return;
    for (const joint of [10, 11, 15, 20, 21])
      for (let k = joint; k < change.length; k += 22)
        assert.ok(change[k] < 0.1, `motion ${i} joint ${joint}: ${change[k]} degrees`);
  });
});

test('rotations without a skeleton are those of an average adult in a T pose', async () => {
  const [given] = (await rotated).map(rotationsOf);
  const { motions } = await correctBatch([{ rotations: given.rotations, root: given.root }]);
  const out = rotationsOf(motions[0]);
  assert.equal(out.skeleton, REST_OFFSETS);
  assert.is.not(out.skeleton, REST_OFFSETS);
  assert.ok(apart(posed(out), motions[0].joints) < 1);
});

test('knees and elbows of rotations made from joints are hinges', async () => {
  // The shank turns in the thigh's own frame about the knee's axis, which is x in a T pose; y of arms that are held out.
  const { motions } = await correctBatch(
    clips.map((joints) => ({ joints })),
    { output: 'rotations' },
  );
  const off: number[] = [];
  for (const { rotations = new Float32Array(0) } of motions)
    for (let t = 0; t < rotations.length; t += 88)
      for (const [joint, axis] of [
        [4, 1],
        [5, 1],
        [18, 2],
        [19, 2],
      ]) {
        const q = rotations.subarray(t + 4 * joint, t + 4 * joint + 4);
        const bend = 2 * Math.acos(Math.min(1, Math.abs(q[0])));
        if (bend > 0.5) off.push(Math.sqrt(Math.max(0, 1 - (q[axis] / Math.sin(bend / 2)) ** 2)));
      }
  off.sort((a, b) => a - b);
  assert.ok(off.length > 1000, `${off.length} bends`);
  const [median, p95] = [off[off.length >> 1], off[Math.floor(0.95 * off.length)]];
  assert.ok(median < 0.2 && p95 < 0.6, `sine of the angle to the axis: median ${median}, 95 % ${p95}`);
});

test('features are read by their positions and written in the standard place, a row a frame', async () => {
  const inputs = clips.map((joints) => ({ features: encodeAllFrames(joints) }));
  const { motions, reports } = await correctBatch(inputs, { preset: 'loop' });
  const plain = await correctBatch(
    inputs.map(({ features }) => ({ joints: decodeFeatures(features) })),
    { preset: 'loop' },
  );
  motions.forEach(({ joints, features = new Float32Array(0) }, i) => {
    assert.equal(joints, plain.motions[i].joints);
    assert.equal(reports[i], plain.reports[i]);
    assert.is(features.length, inputs[i].features.length);
    assert.ok(features.every(Number.isFinite));
    const decoded = decodeFeatures(features);
    // Standard place: a shift and a turn about the vertical, so heights and distances within a frame stay.
    assert.is(Math.hypot(decoded[0], decoded[2]), 0);
    for (let at = 0; at < joints.length; at += 66)
      for (const joint of [3, 30, 45, 60]) {
        const span = (values: Float32Array) =>
          Math.hypot(values[at + joint] - values[at], values[at + joint + 2] - values[at + 2]);
        assert.ok(Math.abs(span(decoded) - span(joints)) < 1e-4, `motion ${i}`);
        assert.ok(Math.abs(decoded[at + joint + 1] - joints[at + joint + 1]) < 1e-5, `motion ${i}`);
      }
  });
});

test('one batch takes all three forms and gives any of them', async () => {
  const joints = clips[0];
  const [rotations] = (await rotated).map(rotationsOf);
  const inputs: CorrectInput[] = [{ joints }, rotations, { features: encodeAllFrames(joints) }];
  const keys = async (output?: 'joints' | 'rotations' | 'features') =>
    (await correctBatch(inputs, { output })).motions.map((motion) => Object.keys(motion).sort().join(' '));
  const [j, r, f] = [
    'contacts joints',
    'contacts joints root rotations skeleton',
    'contacts features joints',
  ];
  assert.equal(await keys(), [j, r, f]);
  assert.equal(await keys('joints'), [j, j, j]);
  assert.equal(await keys('rotations'), [r, r, r]);
  assert.equal(await keys('features'), [f, f, f]);
});

test('gamma 0 gives back the bytes that came in, in every form, and converts where another is asked for', async () => {
  const joints = clips[1];
  const [, given] = (await rotated).map(rotationsOf);
  const long = { ...given, rotations: given.rotations.map((value) => 3 * value) };
  const features = encodeAllFrames(joints);
  const { motions, reports } = await correctBatch([{ joints }, long, { features }], { gamma: 0 });
  for (const { reason } of reports) assert.is(reason, 'kept as it is (gamma)');
  const bytes = (array?: Float32Array | Float64Array) =>
    array && Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString('hex');
  assert.is(bytes(motions[0].joints), bytes(joints));
  for (const name of ['rotations', 'root', 'skeleton'] as const) {
    assert.is(bytes(motions[1][name]), bytes(long[name]), name);
    assert.is.not(motions[1][name], long[name]);
  }
  assert.is(bytes(motions[2].features), bytes(features));
  assert.is.not(motions[2].features, features);

  const turned = await correctBatch([{ joints }, { features }], { gamma: 0, output: 'rotations' });
  for (const motion of turned.motions)
    assert.ok(apart(posed(rotationsOf(motion)), motion.joints) < 1, 'kept joints as rotations');
  const encoded = await correctBatch([{ joints }, long], { gamma: 0, output: 'features' });
  assert.ok(apart(decodeFeatures(encoded.motions[0].features ?? features), joints) < 1);
});

test('writing to rotations, features and what fills no frames has no effect once the call is made', async () => {
  const make = async (): Promise<CorrectInput[]> => [
    Object.fromEntries(
      Object.entries(rotationsOf((await rotated)[2])).map(([name, array]) => [name, array.slice()]),
    ) as unknown as RotationsInput,
    { features: encodeAllFrames(clips[2]) },
    { joints: new Float32Array(100) },
  ];
  const [quiet, disturbed] = [await make(), await make()];
  const pending = correctBatch(disturbed);
  for (const input of disturbed) for (const array of Object.values(input)) array.fill(Number.NaN);
  assert.equal((await pending).motions, (await correctBatch(quiet)).motions);
});

const rotations = new Float32Array(88 * 10).map((_, i) => (i % 4 === 0 ? 1 : 0));
const root = new Float32Array(30);
for (const [input, code, message] of [
  [
    { features: new Float32Array(264) },
    'ERR_SHAPE',
    'Expected a multiple of 263 values [frames x 263] for inputs[1].features but received Float32Array of 264 values',
  ],
  [
    { features: [[1]] },
    'ERR_SHAPE',
    'Expected a flat Float32Array [frames x 263] for inputs[1].features but received an array of 1',
  ],
  [{ features: 'walk' }, 'ERR_TYPE', 'Expected a Float32Array for inputs[1].features but received "walk"'],
  [
    { rotations, root: new Float32Array(27) },
    'ERR_SHAPE',
    'Expected 30 values, 3 for each of the 10 frames of rotations, for inputs[1].root but received Float32Array of 27 values',
  ],
  [{ rotations }, 'ERR_TYPE', 'Expected a Float32Array for inputs[1].root but received undefined'],
  [
    { rotations: rotations.slice(4), root },
    'ERR_SHAPE',
    'Expected a multiple of 88 values [frames x 22 x 4] for inputs[1].rotations but received Float32Array of 876 values',
  ],
  [
    { rotations: new Float64Array(88), root },
    'ERR_TYPE',
    'Expected a Float32Array for inputs[1].rotations but received Float64Array of 88 values',
  ],
  [
    { rotations, root, skeleton: new Float32Array(63) },
    'ERR_SHAPE',
    'Expected 66 values [22 x 3] for inputs[1].skeleton but received Float32Array of 63 values',
  ],
  [
    { rotations, root, skeleton: [0] },
    'ERR_TYPE',
    'Expected a Float32Array or a Float64Array for inputs[1].skeleton but received an array of 1',
  ],
  [
    { rotations, root, joints: new Float32Array(660) },
    'ERR_TYPE',
    'Expected one of joints, rotations and features for inputs[1] but received joints and rotations',
  ],
  [3, 'ERR_TYPE', 'Expected a Float32Array for inputs[1].joints but received undefined'],
  [null, 'ERR_TYPE', 'Expected a Float32Array for inputs[1].joints but received undefined'],
] as [unknown, string, string][])
  test(`a wrong shape is named: ${message.slice(0, 90)}`, async () => {
    try {
      await correctBatch([{ joints: waving(10) }, input as CorrectInput]);
    } catch (error) {
      assert.instance(error, CorrectorError);
      assert.is((error as CorrectorError).code, code);
      assert.is((error as CorrectorError).message, message);
      return;
    }
    assert.unreachable('it did not reject');
  });

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type CorrectedMotion,
  type CorrectInput,
  type CorrectionReport,
  correctBatch,
  proceduralMotions,
  Random,
  type RotationsInput,
} from '../../src/index.js';
import { encodeAllFrames } from '../../src/motion/features.js';
import { waving } from '../support/motions.js';

const [walk] = proceduralMotions({ count: 1, seed: 4 }).map(({ joints }) => joints);
const random = new Random('hostile');
const noise = (count: number, size: number): Float32Array =>
  Float32Array.from({ length: count }, () => size * random.normal());
const changed = (
  values: Float32Array,
  change: (value: number, i: number, t: number) => number,
  width = 66,
): Float32Array => values.map((value, i) => change(value, i, Math.floor(i / width)));
const at = (values: Float32Array, index: number, value: number): Float32Array =>
  changed(values, (old, i) => (i === index ? value : old));
/** The motion about its pelvis, times a factor. */
const scaled = (values: Float32Array, factor: number): Float32Array =>
  changed(values, (value, i, t) => {
    const root = values[66 * t + (i % 3)];
    return root * Math.min(1, factor) + (value - root) * factor;
  });
/** A clip walked to and fro until it has as many frames. */
function long(joints: Float32Array, frames: number): Float32Array {
  const have = joints.length / 66;
  const out = new Float32Array(66 * frames);
  for (let t = 0; t < frames; t++) {
    const cycle = t % (2 * have - 2);
    const from = cycle < have ? cycle : 2 * have - 2 - cycle;
    out.set(joints.subarray(66 * from, 66 * from + 66), 66 * t);
  }
  return out;
}

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
const LARGEST = 3.4e38;

/** [motion, wanted status; none: any with a reason, as long as what comes back is finite] */
type Case = readonly [CorrectInput, 'rejected' | 'tracked' | 'any'];

const joints: Record<string, Case> = {
  'one not-a-number': [{ joints: at(walk, 700, nan) }, 'rejected'],
  'nothing but not-a-number': [{ joints: new Float32Array(660).fill(nan) }, 'rejected'],
  infinity: [{ joints: at(walk, 0, infinity) }, 'rejected'],
  'minus infinity': [{ joints: at(walk, walk.length - 1, -infinity) }, 'rejected'],
  'no frames': [{ joints: new Float32Array(0) }, 'rejected'],
  'one frame': [{ joints: walk.slice(0, 66) }, 'rejected'],
  'three frames': [{ joints: walk.slice(0, 198) }, 'rejected'],
  'four frames': [{ joints: walk.slice(0, 264) }, 'tracked'],
  'values that fill no frame': [{ joints: walk.slice(0, 1000) }, 'rejected'],
  '20,000 frames': [{ joints: long(walk, 20_000) }, 'tracked'],
  'all in one point': [{ joints: new Float32Array(6600) }, 'rejected'],
  'one bone without length': [
    {
      joints: changed(walk, (value, i, t) =>
        i % 66 >= 12 && i % 66 < 15 ? walk[66 * t + 3 + (i % 3)] : value,
      ),
    },
    'rejected',
  ],
  'bones of 10 m': [{ joints: scaled(walk, 25) }, 'rejected'],
  'bones of 4 mm': [{ joints: scaled(walk, 0.01) }, 'rejected'],
  'twice as large': [{ joints: scaled(walk, 2) }, 'any'],
  'half as large': [{ joints: scaled(walk, 0.5) }, 'any'],
  'upside down': [{ joints: changed(walk, (value, i) => (i % 3 === 0 ? value : -value)) }, 'any'],
  'upside down above the floor': [
    { joints: changed(walk, (value, i) => (i % 3 === 1 ? 1.8 - value : i % 3 === 2 ? -value : value)) },
    'any',
  ],
  mirrored: [{ joints: changed(walk, (value, i) => (i % 3 === 0 ? -value : value)) }, 'any'],
  '5 m underground': [{ joints: changed(walk, (value, i) => (i % 3 === 1 ? value - 5 : value)) }, 'tracked'],
  '500 m in the air': [{ joints: changed(walk, (value, i) => (i % 3 === 1 ? value + 500 : value)) }, 'any'],
  '900 m away': [{ joints: changed(walk, (value, i) => (i % 3 === 0 ? value + 900 : value)) }, 'any'],
  '1e30': [{ joints: changed(walk, (value) => value * 1e30) }, 'rejected'],
  'the largest numbers': [{ joints: changed(walk, (_, i) => (i % 2 ? LARGEST : -LARGEST)) }, 'rejected'],
  'the smallest numbers': [{ joints: new Float32Array(6600).fill(1e-45) }, 'rejected'],
  'every frame twice': [
    { joints: changed(new Float32Array(2 * walk.length), (_, i, t) => walk[66 * (t >> 1) + (i % 66)]) },
    'any',
  ],
  'the same frame always': [{ joints: changed(walk, (_, i) => walk[i % 66]) }, 'any'],
  'jumps of 3 m': [{ joints: changed(walk, (value, _, t) => value + (t % 7 === 3 ? 3 : 0)) }, 'any'],
  'a jump of 50 m': [{ joints: changed(walk, (value, _, t) => value + (t > 20 ? 50 : 0)) }, 'rejected'],
  'every frame turned about': [
    { joints: changed(walk, (value, i, t) => (i % 3 === 1 || t % 2 === 0 ? value : -value)) },
    'any',
  ],
  'noise of 2 cm': [{ joints: noise(walk.length, 0.02).map((value, i) => value + walk[i]) }, 'any'],
  'noise of 30 cm': [{ joints: noise(walk.length, 0.3).map((value, i) => value + walk[i]) }, 'any'],
  'nothing but noise': [{ joints: noise(6600, 1) }, 'any'],
};

const identity = (frames: number): Float32Array =>
  new Float32Array(88 * frames).map((_, i) => (i % 4 === 0 ? 1 : 0));
const standing = (frames: number): Float32Array =>
  new Float32Array(3 * frames).map((_, i) => (i % 3 === 1 ? 0.95 : 0));
const turned = (rotations: Float32Array, others: Partial<RotationsInput> = {}): RotationsInput => ({
  rotations,
  root: standing(rotations.length / 88),
  ...others,
});

const rotations: Record<string, Case> = {
  'not-a-number': [turned(at(identity(40), 1000, nan)), 'rejected'],
  infinity: [turned(at(identity(40), 1000, infinity)), 'rejected'],
  'a quaternion of length 0': [turned(at(identity(40), 880, 0)), 'rejected'],
  'the largest quaternions': [turned(changed(identity(40), (value) => value * LARGEST)), 'any'],
  'the smallest quaternions': [turned(changed(identity(40), (value) => value * 1e-45)), 'any'],
  'no frames': [turned(identity(0)), 'rejected'],
  'one frame': [turned(identity(1)), 'rejected'],
  'a root of not-a-number': [turned(identity(40), { root: standing(40).fill(nan) }), 'rejected'],
  'a root at 1e30': [turned(identity(40), { root: standing(40).fill(1e30) }), 'rejected'],
  'a skeleton in one point': [turned(identity(40), { skeleton: new Float32Array(66) }), 'rejected'],
  'bones of 10 m': [turned(identity(40), { skeleton: new Float64Array(66).fill(10) }), 'rejected'],
  'bones of 1e300 m': [turned(identity(40), { skeleton: new Float64Array(66).fill(1e300) }), 'rejected'],
  'a skeleton of not-a-number': [
    turned(identity(40), { skeleton: new Float32Array(66).fill(nan) }),
    'rejected',
  ],
  'a skeleton of one direction': [turned(identity(40), { skeleton: new Float32Array(66).fill(0.2) }), 'any'],
  'upside down': [
    turned(changed(identity(40), (value, i) => (i % 88 === 0 ? 0 : i % 88 === 1 ? 1 : value))),
    'any',
  ],
  '5 m underground': [turned(identity(40), { root: standing(40).map((value) => value - 5) }), 'any'],
  'signs that flip': [
    turned(changed(identity(40), (value, _, t) => (t % 2 ? -value : value), 88)),
    'tracked',
  ],
  'every joint turned at random': [turned(noise(88 * 40, 1)), 'any'],
};

const features: Record<string, Case> = {
  'not-a-number': [{ features: at(encodeAllFrames(walk), 500, nan) }, 'rejected'],
  infinity: [{ features: at(encodeAllFrames(walk), 0, infinity) }, 'rejected'],
  'no frames': [{ features: new Float32Array(0) }, 'rejected'],
  'one frame': [{ features: encodeAllFrames(walk).slice(0, 263) }, 'rejected'],
  'nothing but 0': [{ features: new Float32Array(263 * 40) }, 'rejected'],
  '1e30': [{ features: encodeAllFrames(walk).map((value) => value * 1e30) }, 'rejected'],
  'turns of 1e30': [
    { features: changed(encodeAllFrames(walk), (v, i) => (i % 263 === 0 ? 1e30 : v)) },
    'any',
  ],
  'jumps of 1 m a frame': [
    { features: changed(encodeAllFrames(walk), (v, i) => (i % 263 === 1 ? 1 : v)) },
    'any',
  ],
  'normalised features': [{ features: noise(263 * 60, 1) }, 'any'],
};

const cases: [string, Case][] = Object.entries({ joints, rotations, features }).flatMap(([form, list]) =>
  Object.entries(list).map(([name, one]): [string, Case] => [`${form}: ${name}`, one]),
);
const good: CorrectInput[] = [
  { joints: waving(40) },
  ...proceduralMotions({ count: 8, seed: 6 }).map(({ joints }) => ({ joints })),
  { features: encodeAllFrames(walk) },
];

/** Every number in a value, with its path. */
const numbersOf = (value: unknown, path = ''): [string, number][] =>
  typeof value === 'number'
    ? [[path, value]]
    : value !== null && typeof value === 'object'
      ? Object.entries(value).flatMap(([key, inner]) => numbersOf(inner, `${path}.${key}`))
      : [];

const bytes = (array: ArrayBufferView): Buffer =>
  Buffer.from(array.buffer, array.byteOffset, array.byteLength);

function checkReport(name: string, report: CorrectionReport, wanted: Case[1]): void {
  for (const [path, value] of numbersOf(report))
    assert.ok(Number.isFinite(value), `${name}: ${path} ${value}`);
  if (report.status !== 'ok' && report.status !== 'assisted')
    assert.ok((report.reason ?? '').length > 5, `${name}: ${report.status} without a reason`);
  const tracked = report.status === 'ok' || report.status === 'assisted';
  if (wanted === 'rejected') assert.is(report.status, 'rejected', name);
  if (wanted === 'tracked') assert.ok(tracked, `${name}: ${report.status}, ${report.reason}`);
  assert.is.not(report.status, 'aborted', name);
}

function checkMotion(name: string, input: CorrectInput, motion: CorrectedMotion, status: string): void {
  const arrays = Object.entries(motion) as [string, Float32Array | Uint8Array][];
  const given = new Map(Object.entries(input) as [string, Float32Array][]);
  if (status === 'rejected') {
    for (const [key, array] of given)
      assert.ok(
        bytes(motion[key as keyof CorrectedMotion] as Float32Array).equals(bytes(array)),
        `${name}: ${key}`,
      );
    return;
  }
  for (const [key, array] of arrays) {
    assert.ok((array as Float32Array).every(Number.isFinite), `${name}: ${key} is not finite`);
    if (given.has(key)) assert.is(array.length, given.get(key)?.length, `${name}: ${key}`);
  }
  assert.is(motion.contacts.length * 66, motion.joints.length * 4, name);
}

for (const preset of ['clip', 'loop'] as const)
  test(`hostile motions of every form among good ones, ${preset}: each has its status, the others their bytes`, async () => {
    const inputs: CorrectInput[] = [];
    const places: number[] = [];
    cases.forEach(([, [input]], i) => {
      if (i % 6 === 0 && places.length < good.length) {
        places.push(inputs.length);
        inputs.push(good[places.length - 1]);
      }
      inputs.push(input);
    });
    assert.is(places.length, good.length);
    const alone = await correctBatch(good, { preset });
    const whole = await correctBatch(inputs, { preset });
    places.forEach((place, i) => {
      assert.equal(whole.motions[place], alone.motions[i], `neighbour ${i}`);
      assert.equal(whole.reports[place], alone.reports[i], `neighbour ${i}`);
    });
    let next = 0;
    inputs.forEach((input, i) => {
      if (places.includes(i)) return;
      const [name, [, wanted]] = cases[next++];
      checkReport(name, whole.reports[i], wanted);
      checkMotion(name, input, whole.motions[i], whole.reports[i].status);
    });
    assert.is(next, cases.length);
    for (const [path, value] of numbersOf(whole.summary)) assert.ok(Number.isFinite(value), path);
  });

for (const output of ['rotations', 'features'] as const)
  test(`hostile motions as ${output}: finite, or as they came`, async () => {
    const short = cases.filter(([name]) => !name.includes('20,000'));
    const { motions, reports } = await correctBatch(
      short.map(([, [input]]) => input),
      { preset: 'loop', output },
    );
    short.forEach(([name, [input, wanted]], i) => {
      checkReport(name, reports[i], wanted);
      if (reports[i].status === 'rejected') return checkMotion(name, input, motions[i], 'rejected');
      assert.ok(motions[i][output], name);
      for (const [key, array] of Object.entries(motions[i]))
        assert.ok((array as Float32Array).every(Number.isFinite), `${name}: ${key} is not finite`);
    });
  });

test('hostile motions kept by gamma come back as they came', async () => {
  const short = cases.filter(([name]) => !name.includes('20,000'));
  const { motions, reports } = await correctBatch(
    short.map(([, [input]]) => input),
    { gamma: 0 },
  );
  short.forEach(([name, [input]], i) => {
    checkMotion(name, input, motions[i], 'rejected');
    for (const [path, value] of numbersOf(reports[i])) assert.ok(Number.isFinite(value), `${name}: ${path}`);
  });
});

test.run();

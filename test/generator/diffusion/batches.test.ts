// What a training run is shown: which motions, which windows of them, and in which batches.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { motionBatches, type TrainingData } from '../../../src/generator/diffusion/batches.js';
import { bucketsOf } from '../../../src/generator/diffusion/buckets.js';
import { Normalisation } from '../../../src/generator/diffusion/normalisation.js';
import type { MotionDiffusionConfig } from '../../../src/generator/index.js';
import { encodeFeatures, FEATURE_SIZE } from '../../../src/motion/features.js';
import { mirrorFeatures } from '../../../src/motion/mirror-features.js';
import { waving } from '../../support/motions.js';
import { rejection, TINY } from '../model.js';

const CONFIG: MotionDiffusionConfig = { ...TINY, frames: 20, features: 2, condition: { kind: 'none' } };
const DRAW = { seed: 3, batch: 16, conditionDrop: 0, mirror: false };
const NONE = Normalisation.none(2);

/** Motions whose every row says which motion and which frame it is. */
function numbered(lengths: readonly number[]): TrainingData {
  const rows = lengths.flatMap((length, item) => Array.from({ length }, (_, t) => [item, t / 10]));
  return { features: Float32Array.from(rows.flat()), lengths };
}

async function take(data: TrainingData, steps: number, draw = DRAW, config = CONFIG, normalisation = NONE) {
  const source = await motionBatches(config, normalisation, data, draw);
  const batches = [];
  for (let first = 0; first < steps; ) {
    const { steps: count, inputs } = await source(first, steps - first);
    for (let i = 0; i < count; i++) {
      const part = (name: string) => {
        const tensor = inputs[name];
        const size = tensor ? tensor.data.length / count : 0;
        return tensor && { shape: tensor.shape.slice(1), data: tensor.data.slice(i * size, (i + 1) * size) };
      };
      const clean = part('clean')!;
      batches.push({
        clean: clean.data as Float32Array,
        frames: clean.shape[1],
        lengths: part('lengths')?.data as BigInt64Array | undefined,
        condition: part('condition')?.data,
        timesteps: part('timesteps')!.data as BigInt64Array,
      });
    }
    first += count;
  }
  return batches;
}

test('motions of about one length share a bucket as long as its longest', () => {
  assert.equal(bucketsOf([20, 20]), [{ frames: 20, padded: false, items: [0, 1] }]);
  assert.equal(bucketsOf([3, 20, 5, 12, 11]), [
    { frames: 5, padded: true, items: [0, 2] },
    { frames: 12, padded: true, items: [3, 4] },
    { frames: 20, padded: false, items: [1] },
  ]);
});

test('every motion is shown whole, padded with zeros, as often as its weight says', async () => {
  const lengths = [3, 20, 5, 12, 11];
  const weights = [1, 2, 1, 0, 4];
  const seen = new Array<number>(lengths.length).fill(0);
  const batches = await take({ ...numbered(lengths), weights }, 400);
  for (const { clean, frames, lengths: sizes } of batches)
    for (let i = 0; i < DRAW.batch; i++) {
      const row = (t: number) => [...clean.subarray(2 * (i * frames + t), 2 * (i * frames + t) + 2)];
      const item = row(0)[0];
      seen[item]++;
      assert.is(Number(sizes?.[i] ?? frames), lengths[item]);
      for (let t = 0; t < frames; t++) {
        const inside = t < lengths[item];
        assert.equal(row(t), inside ? [item, Math.fround(t / 10)] : [0, 0], `motion ${item}, frame ${t}`);
      }
    }
  // Steps come in blocks of 8 from one bucket: 50 draws of a bucket, of which the shares have a deviation of 7 % at most.
  const total = seen.reduce((sum, count) => sum + count, 0);
  seen.forEach((count, item) => {
    assert.ok(Math.abs(count / total - weights[item] / 8) < 0.28, `${seen}`);
  });
  assert.is(seen[3], 0);
  assert.ok(seen[1] > 0 && seen[0] > 0 && seen[4] > seen[0]);
});

test('a motion longer than the model is shown through windows at every place', async () => {
  const batches = await take(numbered([50]), 60);
  const starts = new Set<number>();
  for (const { clean, frames, lengths } of batches) {
    assert.is(frames, 20);
    assert.is(lengths, undefined);
    for (let i = 0; i < DRAW.batch; i++) {
      const times = Array.from({ length: 20 }, (_, t) => Math.round(10 * clean[2 * (i * frames + t) + 1]));
      times.forEach((time, t) => {
        assert.is(time, times[0] + t);
      });
      starts.add(times[0]);
    }
  }
  assert.equal(
    [...starts].sort((a, b) => a - b),
    Array.from({ length: 31 }, (_, i) => i),
  );
});

test('a step draws the same wherever a run begins, and other steps draw otherwise', async () => {
  const data = numbered([3, 20, 5, 12, 11]);
  const source = await motionBatches(CONFIG, NONE, data, DRAW);
  const together = await take(data, 24);
  for (const at of [0, 5, 8, 13]) {
    const { inputs } = await source(at, 1);
    assert.equal(inputs.clean.data, together[at].clean);
    assert.equal(inputs.timesteps.data, together[at].timesteps);
  }
  assert.is.not(`${together[0].timesteps}`, `${together[1].timesteps}`);
});

test('arrays of a run that is done are filled again, and nothing of the old batch stays', async () => {
  const source = await motionBatches(CONFIG, NONE, numbered([3, 20, 5, 12, 11]), DRAW);
  for (let first = 0; first < 80; first += 8) {
    const fresh = (await source(first, 8)).inputs;
    const old = new Float32Array(fresh.clean.data.length).fill(99);
    const again = (await source(first, 8, { clean: { ...fresh.clean, data: old } })).inputs;
    assert.is(again.clean.data, old, 'the array itself is used');
    assert.equal(old, fresh.clean.data);
    const other = (await source(first, 8, { clean: { ...fresh.clean, data: new Float32Array(7) } })).inputs;
    assert.equal(other.clean.data, fresh.clean.data);
  }
});

test('features are normalised, and clipped where they are wild', async () => {
  const normalisation = new Normalisation(Float32Array.of(1, 2), Float32Array.of(2, 0.5));
  const features = Float32Array.from({ length: 40 }, (_, i) => (i % 2 ? 3 : 1e9));
  const [{ clean }] = await take({ features }, 1, DRAW, CONFIG, normalisation);
  for (let i = 0; i < clean.length; i += 2) assert.equal([...clean.subarray(i, i + 2)], [30, 2]);
});

test('conditions are dropped as often as asked, and mirrored with the motion', async () => {
  const joints = waving(21, 1);
  const features = encodeFeatures(joints);
  const condition = { kind: 'action', classes: ['step left', 'step right', 'wave'] } as const;
  const config: MotionDiffusionConfig = { ...CONFIG, features: FEATURE_SIZE, condition };
  const data = { features, conditions: ['step left'] };
  const batches = await take(
    data,
    40,
    { ...DRAW, mirror: true, conditionDrop: 0.25 },
    config,
    Normalisation.none(FEATURE_SIZE),
  );
  const mirrored = mirrorFeatures(features);
  const counts = { left: 0, right: 0, none: 0 };
  for (const { clean, condition: numbers } of batches)
    for (let i = 0; i < DRAW.batch; i++) {
      const shown = clean.subarray(i * features.length, (i + 1) * features.length);
      const flipped = shown.every((value, j) => value === mirrored[j]);
      if (!flipped) assert.equal(shown, features);
      const label = Number((numbers as BigInt64Array)[i]);
      if (label === 3) counts.none++;
      else {
        assert.is(label, flipped ? 1 : 0);
        counts[flipped ? 'right' : 'left']++;
      }
    }
  // 640 draws: 160 ± 11 are dropped, the others halve.
  assert.ok(Math.abs(counts.none - 160) < 44 && Math.abs(counts.left - 240) < 60, JSON.stringify(counts));
});

test('a motion with several captions shows each of them', async () => {
  const vocabulary = ['<pad>', '<start>', '<unknown>', 'walk', 'run', 'left', 'right'];
  const config: MotionDiffusionConfig = { ...CONFIG, condition: { kind: 'text', vocabulary, maxTokens: 3 } };
  const batches = await take(
    { ...numbered([20]), conditions: [['walk left', 'run fast now']] },
    10,
    DRAW,
    config,
  );
  const texts = batches.flatMap(({ condition }) =>
    Array.from(
      { length: DRAW.batch },
      (_, i) => `${(condition as BigInt64Array).subarray(3 * i, 3 * i + 3)}`,
    ),
  );
  assert.equal([...new Set(texts)].sort(), ['1,3,5', '1,4,2']);
});

test('what does not fit is refused by name', async () => {
  const embedding: MotionDiffusionConfig = { ...CONFIG, condition: { kind: 'embedding', size: 4 } };
  const cases: [TrainingData, MotionDiffusionConfig, RegExp][] = [
    [{ ...numbered([5]), conditions: ['x'] }, CONFIG, /nothing, as the model has none, for conditions/],
    [numbered([5]), embedding, /one embedding a motion for conditions but received undefined/],
    [
      { ...numbered([5]), conditions: new Float32Array(3) },
      embedding,
      /1 embeddings of 4 numbers for conditions/,
    ],
    [
      { ...numbered([5]), conditions: ['jump'] },
      { ...CONFIG, condition: { kind: 'action', classes: ['walk'] } },
      /one of walk for conditions\[0\] but received jump/,
    ],
    [{ features: new Float32Array(4), lengths: [2.5] }, CONFIG, /for lengths\[0\] but received 2\.5/],
  ];
  for (const [data, config, message] of cases) {
    const error = await rejection(motionBatches(config, NONE, data, DRAW));
    assert.match(error.message, message);
    assert.is(error.code, 'ERR_ARGUMENT');
  }
});

test.run();

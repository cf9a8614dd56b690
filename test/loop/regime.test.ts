import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveConfig } from '../../src/loop/config.js';
import { needs, plan } from '../../src/loop/plan.js';
import {
  correctedPositions,
  goldenWeight,
  REGIMES,
  type Regime,
  sampleWeights,
  syntheticItems,
  trainingParts,
} from '../../src/loop/regime.js';

const parts = (regime: Regime, sizes: number[], generation = sizes.length, n = 10, keep = 0.3) =>
  trainingParts(regime, { n, keep, sizes, seed: 0, generation }).map(({ from, positions }) =>
    positions ? `${from}[${[...positions]}]` : from,
  );

test('each regime joins exactly the sets its paper joins', () => {
  assert.equal(parts('augment', [4, 4, 4]), ['real', 3]);
  assert.equal(parts('replace', [4, 4, 4]), [3]);
  assert.equal(parts('accumulate', [4, 4, 4]), ['real', 1, 2, 3]);
  assert.equal(parts('fresh', [4, 4, 4]), ['fresh', 3]);
  assert.equal(parts('thin', [5, 5, 5]), ['real', '1[0]', '2[0,1,2]', '3[0,1,2,3,4]']);
  for (const regime of REGIMES)
    assert.equal(parts(regime, []), [regime === 'fresh' ? 'fresh' : 'real'], 'without synthetic samples');
});

test('keep: a share of the real samples, another one each generation', () => {
  const chosen = [1, 2].map((generation) => {
    const [real, latest] = trainingParts('keep', { n: 100, keep: 0.1, sizes: [7], seed: 3, generation });
    assert.is(latest.from, 1);
    assert.is(new Set(real.positions).size, 10);
    assert.ok(real.positions!.every((position) => position >= 0 && position < 100));
    return [...real.positions!];
  });
  assert.not.equal(chosen[0], chosen[1]);
});

test('subsample: n of all samples so far, without replacement, each as likely as the others', () => {
  const sizes = [6, 3];
  const counts = new Map<string, number>();
  const runs = 6000;
  for (let seed = 0; seed < runs; seed++) {
    const chosen = trainingParts('subsample', { n: 5, keep: 0, sizes, seed, generation: 2 });
    assert.equal(
      chosen.map(({ from }) => from),
      ['real', 1, 2],
    );
    const names = chosen.flatMap(({ from, positions }) => [...positions!].map((i) => `${from} ${i}`));
    assert.is(new Set(names).size, 5);
    for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  assert.is(counts.size, 5 + 6 + 3);
  // Each of the 14 is chosen with probability 5/14: standard error .0062 of the share.
  for (const [name, count] of counts)
    assert.ok(
      Math.abs(count / runs - 5 / 14) < 4 * Math.sqrt(((5 / 14) * (9 / 14)) / runs),
      `${name}: ${count}`,
    );
});

test('the golden-ratio weight is 0.618 for equal numbers and minimises the limit of the error', () => {
  assert.ok(Math.abs(goldenWeight(1) - (Math.sqrt(5) - 1) / 2) < 1e-15);
  for (const k of [0.1, 0.5, 1, 3, 20]) {
    const error = (w: number): number => (w * w + k * (1 - w) ** 2) / (1 - (1 - w) ** 2);
    const w = goldenWeight(k);
    for (const other of [w - 1e-3, w + 1e-3]) assert.ok(error(other) > error(w), `k ${k}`);
  }
});

test('weights of samples: the real share of the loss is w, the mean weight 1', () => {
  for (const [weight, share] of [
    ['golden', goldenWeight(30 / 90)],
    [0.8, 0.8],
    [0, 0],
  ] as const) {
    const { real, synthetic } = sampleWeights(weight, 30, 90)!;
    assert.ok(Math.abs((30 * real + 90 * synthetic) / 120 - 1) < 1e-12);
    assert.ok(Math.abs((30 * real) / 120 - share) < 1e-12);
  }
  assert.is(sampleWeights('count', 30, 90), undefined);
  assert.is(sampleWeights('golden', 30, 0), undefined);
});

test('synthetic items: floor(lambda n), every real item equally often, remainder without repetition', () => {
  assert.equal([...syntheticItems(4, 1, 0, 3)], [0, 1, 2, 3]);
  assert.is(syntheticItems(64, 0.5, 0, 1).length, 32);
  assert.is(syntheticItems(10, 0.3, 0, 1).length, 3, '0.3 * 10 is 3, not 2.999...');
  assert.is(syntheticItems(64, 0, 0, 1).length, 0);
  const items = syntheticItems(8, 2.5, 7, 1);
  const counts = Array.from({ length: 8 }, (_, i) => items.filter((item) => item === i).length);
  assert.is(items.length, 20);
  assert.ok(counts.every((count) => count === 2 || count === 3));
  assert.not.equal([...syntheticItems(64, 0.5, 0, 1)], [...syntheticItems(64, 0.5, 0, 2)]);
});

test('gamma corrects the fraction gamma / (1 + gamma), keyed by sample', () => {
  assert.is(correctedPositions(1000, 0, 0, 1).length, 0);
  assert.is(correctedPositions(1000, Number.POSITIVE_INFINITY, 0, 1).length, 1000);
  for (const gamma of [0.1, 1, 5]) {
    const p = gamma / (1 + gamma);
    const fraction = correctedPositions(20000, gamma, 3, 1).length / 20000;
    assert.ok(Math.abs(fraction - p) < 4 * Math.sqrt((p * (1 - p)) / 20000), `gamma ${gamma}: ${fraction}`);
  }
  const few = [...correctedPositions(10, 1, 3, 1)];
  assert.equal(
    few,
    [...correctedPositions(100, 1, 3, 1)].filter((i) => i < 10),
  );
});

test('the plan: generation 0 once per seed, each generation from the one before, the placebo after its match', () => {
  const units = plan(
    resolveConfig({ arms: ['placebo', 'corrected'], generations: 2, seeds: [4, 5], noiseRepeats: 2 }),
  );
  assert.is(units.length, 2 * (1 + 2 * 3), 'the baseline always runs');
  assert.is(units.filter((unit) => unit.arm === null).length, 2);
  const placebo = units.find((unit) => unit.id === 'seed-5/placebo/gen-0002')!;
  assert.equal(needs(placebo), ['seed-5/placebo/gen-0001', 'seed-5/corrected/gen-0002']);
  assert.equal(needs(units.find((unit) => unit.id === 'seed-4/corrected/gen-0001')!), ['seed-4/gen-0000']);
  const alone = plan(resolveConfig({ arms: ['placebo'], generations: 1 }));
  assert.equal(needs(alone[2]), ['seed-0/gen-0000']);
  const own = plan(
    resolveConfig({ arms: ['placebo@gamma=1', 'corrected', 'corrected@gamma=1'], generations: 1 }),
  );
  assert.is(own.find(({ arm }) => arm === 'placebo@gamma=1')?.matched, 'seed-0/corrected@gamma=1/gen-0001');
  const blocks = plan(resolveConfig({ arms: ['baseline'], generations: 7, checkpointEvery: 3 }));
  assert.equal(
    blocks.map(({ first, generation, previous }) => [first, generation, previous]),
    [
      [0, 0, undefined],
      [1, 3, 'seed-0/gen-0000'],
      [4, 6, 'seed-0/baseline/gen-0003'],
      [7, 7, 'seed-0/baseline/gen-0006'],
    ],
  );
});

test('a configuration out of range is refused by name', () => {
  const refused = (partial: object, pattern: RegExp): unknown =>
    assert.throws(() => resolveConfig(partial), pattern);
  refused({ lambda: -1 }, /Expected a finite number >= 0 for lambda but received -1/);
  refused({ gamma: Number.NaN }, /gamma/);
  refused({ arms: ['magic'] }, /an arm but received magic/);
  refused({ arms: ['corrected@gamma'] }, /key=value behind @ for the arm corrected@gamma but received gamma/);
  refused({ arms: ['corrected@gamma=-1'] }, /number >= 0 or Infinity for gamma but received -1/);
  refused({ arms: ['corrected@seeds=1'] }, /a setting of corrected@seeds=1 but received seeds/);
  refused({ realWeight: 2 }, /count, golden or a number from 0 to 1 for realWeight/);
  refused({ training: 'warm' }, /one of finetune, scratch for training/);
  refused({ arms: ['toString'] }, /an arm but received toString/);
  refused({ seeds: [1, 1] }, /different numbers for seeds/);
  refused({ generations: 0 }, /generations/);
  refused({ generation: 3 }, /configuration key but received generation/);
  refused({ regime: 'replace', lambda: 0 }, /lambda/);
  assert.is(resolveConfig({ lambda: undefined }).lambda, 1);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveConfig } from '../../src/loop/config.js';
import { needs, plan } from '../../src/loop/plan.js';
import { correctedPositions, syntheticItems, trainingSets } from '../../src/loop/regime.js';

test('each regime joins exactly the sets its paper joins', () => {
  const sets = { real: 'R', history: ['S1', 'S2'], latest: 'S3' };
  assert.equal(trainingSets('augment', sets), ['R', 'S3']);
  assert.equal(trainingSets('replace', sets), ['S3']);
  assert.equal(trainingSets('accumulate', sets), ['R', 'S1', 'S2', 'S3']);
  for (const regime of ['augment', 'replace', 'accumulate'] as const)
    assert.equal(trainingSets(regime, { ...sets, latest: undefined }), ['R']);
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
  assert.is(units.length, 2 * (1 + 2 * 2));
  assert.is(units.filter((unit) => unit.arm === null).length, 2);
  const placebo = units.find((unit) => unit.id === 'seed-5/placebo/gen-0002')!;
  assert.equal(needs(placebo), ['seed-5/placebo/gen-0001', 'seed-5/corrected/gen-0002']);
  assert.equal(needs(units.find((unit) => unit.id === 'seed-4/corrected/gen-0001')!), ['seed-4/gen-0000']);
  const alone = plan(resolveConfig({ arms: ['placebo'], generations: 1 }));
  assert.equal(needs(alone[1]), ['seed-0/gen-0000']);
});

test('a configuration out of range is refused by name', () => {
  const refused = (partial: object, pattern: RegExp): unknown =>
    assert.throws(() => resolveConfig(partial), pattern);
  refused({ lambda: -1 }, /Expected a finite number >= 0 for lambda but received -1/);
  refused({ gamma: Number.NaN }, /gamma/);
  refused({ arms: ['magic'] }, /an arm but received magic/);
  refused({ arms: ['toString'] }, /an arm but received toString/);
  refused({ seeds: [1, 1] }, /different numbers for seeds/);
  refused({ generations: 0 }, /generations/);
  refused({ generation: 3 }, /configuration key but received generation/);
  refused({ regime: 'replace', lambda: 0 }, /lambda/);
  assert.is(resolveConfig({ lambda: undefined }).lambda, 1);
});

test.run();

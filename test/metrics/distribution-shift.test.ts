import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { correctBatch, distributionShift, proceduralMotions, Random } from '../../src/index.js';

const made = (count: number, seed: number): { joints: Float32Array }[] =>
  proceduralMotions({ count, seed }).map(({ joints }) => ({ joints }));

const jittered = (motions: readonly { joints: Float32Array }[], size: number): { joints: Float32Array }[] => {
  const random = new Random('jitter');
  return motions.map(({ joints }) => ({ joints: joints.map((value) => value + size * random.normal()) }));
};

const real = made(150, 1);
const raw = made(60, 2);

test('motions that are left as they are have not moved', () => {
  const shift = distributionShift(raw, raw, real);
  assert.is(shift.count, 60);
  assert.ok(shift.change < 1e-6, `${shift.change}`);
  assert.is(shift.real?.before, shift.real?.after);
  assert.is(shift.real?.noise, 0);
  assert.not(shift.farther);
  assert.is(shift.warning, undefined);
});

test('a correction that spoils good motion is told, one that mends bad motion is not', () => {
  const bad = jittered(raw, 0.03);
  const spoiled = distributionShift(raw, bad, real);
  assert.ok(spoiled.farther);
  assert.match(spoiled.warning ?? '', /60 corrected motions are farther .* before, .* after/);
  assert.ok(spoiled.real && spoiled.real.after > spoiled.real.before + 2 * spoiled.real.noise);
  const mended = distributionShift(bad, raw, real);
  assert.not(mended.farther);
  assert.is(mended.warning, undefined);
  assert.is(mended.real?.before, spoiled.real?.after);
  assert.ok(Math.abs(mended.change - spoiled.change) < 1e-6 * spoiled.change);
});

test('another draw of the same motions is a change, but within the noise', () => {
  for (const seed of [3, 4, 5, 6]) {
    const shift = distributionShift(raw, made(60, seed), real);
    assert.ok(shift.change > 0);
    assert.not(shift.farther, shift.warning);
  }
});

test('without real motion there is only the change; lengths may differ', () => {
  const cut = raw.map(({ joints }, i) => ({ joints: joints.subarray(0, 66 * (20 + i)) }));
  const shift = distributionShift(raw, cut);
  assert.ok(shift.change > 0 && Number.isFinite(shift.change));
  assert.is(shift.real, undefined);
  assert.not(shift.farther);
});

test('it takes a corrected batch as it is', async () => {
  const { motions } = await correctBatch(raw, { preset: 'loop' });
  const shift = distributionShift(raw, motions, real);
  assert.ok(shift.real && [shift.change, ...Object.values(shift.real)].every(Number.isFinite));
});

test('wrong sets are named', () => {
  assert.throws(
    () => distributionShift(raw, raw.slice(1)),
    /^Expected as many motions for after as for before, 60, but received 59$/,
  );
  assert.throws(() => distributionShift([], []), /two motions or more for before but received 0/);
  assert.throws(
    () => distributionShift(raw, raw, [raw[0], { joints: new Float32Array(132) }]),
    /3 frames or more of 66 numbers for real\[1\]\.joints but received 132 numbers/,
  );
});

test.run();

/** Arms that choose from candidates or draw more widely; by the numbers of `number-task.ts`. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DEFAULT_CONFIG, type LoopConfig } from '../../src/loop/config.js';
import { runLoop } from '../../src/loop/engine.js';
import type { GenerationRow } from '../../src/loop/layout.js';
import type { Column, GenerationProvenance, SampleProvenance } from '../../src/loop/provenance.js';
import { MemoryFs } from './memory-fs.js';
import { type Call, numberTask } from './number-task.js';

/** Generation 0 is the mean 1.5, so the 3 x 4 candidates are 1.5 ... 12.5, item i having i, i + 4 and i + 8 of them. */
const base: Partial<LoopConfig> = {
  n: 4,
  generations: 1,
  candidates: 3,
  regime: 'replace',
  evaluationCount: 2,
};

async function run(arm: string, more: Partial<LoopConfig> = {}) {
  const fs = new MemoryFs();
  const calls: Call[] = [];
  const rows = await runLoop(numberTask(calls), { ...base, ...more, arms: [arm] }, { out: 'out', fs });
  const row = rows.find((one): one is GenerationRow => one.kind === 'generation' && one.arm === arm)!;
  const text = Buffer.from((await fs.read(`out/seed-0/${arm}/gen-0001/provenance.json`))!).toString();
  const { samples } = JSON.parse(text).generations[0] as GenerationProvenance;
  // Generation 0 and the baseline are trained on the real ones, 0, 1, 2, ...
  const { data } = calls.find(({ data }) => data.some((value, i) => value !== i))!;
  return { row, data, samples: samples as SampleProvenance };
}
const each = <T>(entries: Column<T> | undefined, count: number): T[] =>
  Array.isArray(entries) ? entries : new Array<T>(count).fill(entries as T);

test('chosen: what the selector prefers, uncorrected', async () => {
  const { data, row, samples } = await run('chosen');
  assert.equal(data, [5.5, 6.5, 7.5, 4.5]);
  assert.equal(samples.draw, [4, 5, 6, 3]);
  assert.is(row.selection?.candidates, 12);
  assert.is(row.correction, undefined);
});

test('random: as many candidates, one of each item at random; the same again, another choice in another generation and seed', async () => {
  const wide = { n: 200, candidates: 4 };
  const { data, row, samples } = await run('random', wide);
  const draw = samples.draw as number[];
  assert.is(row.selection?.candidates, 800);
  draw.forEach((place, i) => {
    assert.is(place % 200, i, 'a candidate of its own item');
  });
  const mean = 99.5;
  assert.equal(
    data,
    draw.map((place) => mean + place),
  );
  const rounds = [0, 1, 2, 3].map(
    (round) => draw.filter((place) => Math.floor(place / 200) === round).length,
  );
  // 50 +- 6.1 each.
  for (const count of rounds) assert.ok(count > 25 && count < 75, `${rounds}`);
  assert.equal((await run('random', wide)).samples.draw, draw);
});

test('restored: the corrector of that name, every sample of it', async () => {
  const { data, samples } = await run('restored', { corrector: 'cleaned' });
  assert.equal(data, [0.75, 1.25, 1.75, 2.25]);
  assert.is(samples.corrector, 'restored');
});

test('cleaned: the corrector of that name, whichever is configured', async () => {
  const { data, samples } = await run('cleaned', { corrector: 'halve' });
  assert.equal(data, [1, 2, 3, 4]);
  assert.is(samples.corrector, 'cleaned');
});

test('selected: chosen and then corrected, or all corrected and then chosen by what they became', async () => {
  const sampling = await run('selected');
  assert.equal(sampling.data, [2.75, 3.25, 3.75, 2.25]);
  assert.equal(sampling.row.correction?.status, { ok: 4 });
  const correction = await run('selected@selectAfter=correction');
  assert.equal(correction.data, [4.75, 5.25, 5.75, 6.25]);
  assert.equal(correction.samples.draw, [8, 9, 10, 11]);
  assert.equal(correction.row.correction?.status, { ok: 12 }, 'of all that were corrected');
  assert.equal(correction.samples.scores?.moved, [4.75, 5.25, 5.75, 6.25], 'notes follow the chosen');
});

test('selected after a correction with gamma 1: each chosen sample has its own notes, or none', async () => {
  const n = 100;
  const { data, samples } = await run('selected@selectAfter=correction', { n, gamma: 1 });
  const draw = samples.draw as number[];
  const corrected = each(samples.corrected, n);
  const moved = each(samples.scores?.moved, n);
  const status = each(samples.status, n);
  assert.ok(corrected.includes(0) && corrected.includes(1));
  const mean = (n - 1) / 2;
  draw.forEach((place, i) => {
    const value = mean + place;
    assert.is(data[i], corrected[i] ? value / 2 : value);
    assert.is(moved[i], corrected[i] ? value / 2 : null);
    assert.is(status[i], corrected[i] ? (value > 100 ? 'failed' : 'ok') : null);
  });
  const none = await run('selected@selectAfter=correction', { gamma: 0 });
  assert.equal(none.data, [5.5, 6.5, 7.5, 4.5]);
  assert.is(none.row.correction, undefined);
});

test('dispersed, and any arm that says so: drawn more widely, by the configured amount; the evaluation is not', async () => {
  const { data, row, samples } = await run('dispersed', { dispersion: 0.5 });
  assert.equal(data, [1.5, 3, 4.5, 6]);
  assert.is(row.metrics.step, 1);
  assert.is(samples.dispersion, 0.5);
  assert.equal((await run('dispersed@dispersion=2', { dispersion: 0.5 })).data, [1.5, 4.5, 7.5, 10.5]);
  const plain = await run('dispersed', { dispersion: 0 });
  assert.equal(plain.data, [1.5, 2.5, 3.5, 4.5]);
  assert.is(plain.samples.dispersion, undefined);
  // 1.5 ... 18, in steps of 1.5; the nearest to 6 of each item: 7.5, 3, 4.5, 6; and of their halves: 6.75, 4.5, 5.25, 6.
  assert.equal((await run('selected@dispersion=0.5')).data, [3.75, 1.5, 2.25, 3]);
  const after = await run('selected@selectAfter=correction@dispersion=0.5');
  assert.equal(after.data, [6.75, 4.5, 5.25, 6]);
  assert.equal(
    (await run('selected', { dispersion: 0.5 })).data,
    [2.75, 3.25, 3.75, 2.25],
    'not unless it says so',
  );
  assert.ok(DEFAULT_CONFIG.dispersion > 0, 'the arms differ from the others by default');
});

test.run();

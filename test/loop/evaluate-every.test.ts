/** Not every generation is evaluated: what is left of the rows, and what is made of them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { collapseAlarms, contraction } from '../../src/loop/alarm.js';
import type { LoopConfig } from '../../src/loop/config.js';
import { runLoop } from '../../src/loop/engine.js';
import type { GenerationRow, Metrics, Row } from '../../src/loop/layout.js';
import { simulate } from '../../src/loop/simulate.js';
import { summarise } from '../../src/loop/summary.js';
import { MemoryFs } from './memory-fs.js';
import { numberTask } from './number-task.js';

const config: Partial<LoopConfig> = {
  arms: ['uncorrected'],
  n: 4,
  generations: 7,
  evaluateEvery: 3,
  evaluationCount: 2,
  seeds: [0, 1],
};
const generations = (rows: readonly Row[], arm: string): GenerationRow[] =>
  rows.filter((row): row is GenerationRow => row.kind === 'generation' && row.arm === arm);

test('generation 0, every third and the last are evaluated; the others say what the model says of itself', async () => {
  const rows = await runLoop(numberTask(), config, { out: 'out', fs: new MemoryFs() });
  for (const arm of ['baseline', 'uncorrected'])
    for (const { generation, metrics, evaluated } of generations(rows, arm)) {
      const wanted = [3, 6, 7].includes(generation);
      assert.is('step' in metrics, wanted, `${arm} ${generation}`);
      assert.is(evaluated, wanted ? undefined : false);
      assert.ok('mean' in metrics);
    }
  const initial = rows.find((row): row is GenerationRow => row.kind === 'generation' && row.arm === null)!;
  assert.ok('step' in initial.metrics);
  const summaries = rows.filter((row) => row.kind === 'summary' && row.metric === 'step');
  assert.is(summaries.length, 3 * 2);
  assert.equal(
    (await simulate(numberTask(), config)).filter(({ kind }) => kind === 'generation'),
    rows.filter(({ kind }) => kind === 'generation'),
  );
});

test('a longer run goes on to the bytes of a straight one, though the last generation of the shorter was evaluated', async () => {
  for (const checkpointEvery of [1, 2]) {
    const go = (fs: MemoryFs, last: number) =>
      runLoop(numberTask(), { ...config, checkpointEvery, generations: last }, { out: 'out', fs });
    const files = (fs: MemoryFs) => [...fs.snapshot()].filter(([path]) => !path.endsWith('costs.jsonl'));
    const grown = new MemoryFs();
    await go(grown, 4);
    await go(grown, 8);
    const straight = new MemoryFs();
    await go(straight, 8);
    assert.equal(files(grown), files(straight));
    // Nothing is left to do: no file is written anew but the journal.
    const before = files(straight);
    await go(straight, 8);
    assert.equal(files(straight), before);
  }
});

/** Rows of one arm: fid 10 + 2 t at the generations given, and none at the others. */
const sparse = (at: readonly number[], last: number): Metrics[] =>
  Array.from({ length: last + 1 }, (_, t) => (at.includes(t) ? { fid: 10 + 2 * t } : ({} as Metrics)));

test('slopes are of the generations that were evaluated, and three are needed', () => {
  const rows = (at: readonly number[], last: number): Row[] =>
    sparse(at, last).map((metrics, t) => ({
      kind: 'generation',
      seed: 0,
      arm: t === 0 ? null : 'a',
      generation: t,
      loss: 0,
      metrics,
    }));
  const slopes = (at: readonly number[], last: number): number[] =>
    summarise(rows(at, last), { arms: ['a'], seeds: [0] }).flatMap((row) =>
      row.kind === 'summary' ? [row.slope] : [],
    );
  const [slope] = slopes([0, 4, 8, 9], 9);
  assert.ok(Math.abs(slope - 2) < 1e-12, `${slope}`);
  assert.equal(slopes([0, 9], 9), []);
});

test('an alarm names the generation of the change, not its place among those evaluated', () => {
  const at = Array.from({ length: 24 }, (_, i) => 5 * i);
  const line = Array.from({ length: 116 }, (_, t) =>
    at.includes(t) ? { fid: t < 60 ? 10 + 0.01 * (t % 7) : 30 + 0.01 * (t % 7) } : ({} as Metrics),
  );
  const curves = { arm: 'a', seeds: [0], metrics: [line] };
  const [alarm] = collapseAlarms(curves, { fid: 'rise' }, [{}]);
  assert.is((alarm as { generation: number }).generation, 60);
});

test('the rate is per generation: e(t + 4) = 0.5 e(t) is a rate of 0.5 to the power of 1/4', () => {
  const line = Array.from({ length: 18 }, (_, t) =>
    t % 4 === 0 || t === 17 ? { fid: 8 * 0.5 ** (t / 4) } : ({} as Metrics),
  );
  // The last generation is one after the one before: that pair would be the only one of its kind.
  const dense = line.slice(0, 17);
  const [{ rate }] = contraction({ arm: 'a', seeds: [0], metrics: [dense] }, { fid: 'rise' });
  assert.ok(Math.abs(rate - 0.5 ** 0.25) < 1e-9, `${rate}`);
  assert.is(contraction({ arm: 'a', seeds: [0], metrics: [line] }, { fid: 'rise' }).length, 1);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LoopConfig } from '../../src/loop/config.js';
import { runLoop } from '../../src/loop/engine.js';
import { simulate } from '../../src/loop/simulate.js';
import type { Task } from '../../src/loop/task.js';
import { gaussianTask } from '../../src/tasks/gaussian.js';
import { gaussianToyTask } from '../../src/tasks/gaussian-toy.js';
import { normalTask } from '../../src/tasks/normal.js';
import { MemoryFs } from './memory-fs.js';

/** The engine's own rows of generations, floors and noise. */
async function same<S>(task: Task<S>, partial: Partial<LoopConfig>): Promise<void> {
  const config: Partial<LoopConfig> = { ...partial, seeds: [3, 8], evaluationCount: 6, noiseRepeats: 2 };
  const engine = await runLoop(task, config, { out: 'out', fs: new MemoryFs() });
  const kinds = new Set(['floor', 'noise', 'generation']);
  const expected = engine.filter(({ kind }) => kinds.has(kind));
  assert.ok(expected.length > 8);
  assert.equal(await simulate(task, config), expected);
}

test('the same rows as the engine: every kind of arm and regime, matched arms, cures, from scratch', async () => {
  const regimes = ['augment', 'replace', 'accumulate', 'subsample', 'thin', 'fresh', 'keep'];
  await same(gaussianTask(), {
    n: 9,
    generations: 3,
    gamma: 0.7,
    arms: [
      'placebo',
      'corrected',
      'selected',
      'best',
      'gated',
      'extrapolated',
      ...regimes.map((regime) => `uncorrected@regime=${regime}`),
      'uncorrected@training=scratch',
      'uncorrected@realWeight=golden',
    ],
  });
});

test('the same rows as the engine: correctors with a strength of their own, models by their statistics', async () => {
  await same(gaussianToyTask(), {
    n: 20,
    lambda: 0.5,
    regime: 'thin',
    generations: 4,
    arms: ['corrected@gamma=0', 'corrected@gamma=2', 'corrected@gamma=2@corrector=transport'],
  });
  await same(normalTask(), { n: 20, generations: 3, regime: 'replace', arms: ['uncorrected'] });
});

test('seeds one at a time; an abort stops it', async () => {
  const config = {
    n: 5,
    generations: 2,
    arms: ['uncorrected'],
    seeds: [0, 1, 2],
    regime: 'replace' as const,
  };
  const seen: number[] = [];
  const handed: unknown[] = [];
  const rest = await simulate(normalTask(), config, {
    onSeed(seed, rows) {
      seen.push(seed);
      handed.push(...rows);
    },
  });
  assert.equal(rest, []);
  assert.equal(seen, [0, 1, 2]);
  assert.equal(handed, await simulate(normalTask(), config));
  const lean = await simulate(normalTask(), config, { baseline: false });
  assert.equal(
    lean,
    (handed as { arm?: string }[]).filter(({ arm }) => arm !== 'baseline'),
  );
  const reason = new Error('enough');
  let thrown: unknown;
  await simulate(normalTask(), config, { signal: AbortSignal.abort(reason) }).catch(
    (error) => (thrown = error),
  );
  assert.is(thrown, reason);
});

test.run();

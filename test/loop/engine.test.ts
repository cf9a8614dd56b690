import { hostname } from 'node:os';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LoopConfig } from '../../src/loop/config.js';
import { runLoop } from '../../src/loop/engine.js';
import type { LoopEvent } from '../../src/loop/events.js';
import type { GenerationRow } from '../../src/loop/layout.js';
import { gaussianTask } from '../../src/tasks/gaussian.js';
import { MemoryFs } from './memory-fs.js';

const config: Partial<LoopConfig> = {
  arms: ['baseline', 'uncorrected', 'placebo', 'corrected', 'selected'],
  generations: 3,
  n: 12,
  evaluationCount: 32,
  seeds: [0, 1],
  noiseRepeats: 2,
};

/** Everything but the costs, which are the one thing that may differ. */
const result = (fs: MemoryFs): [string, string][] =>
  [...fs.snapshot()].filter(([path]) => !path.endsWith('costs.jsonl'));

test('the files do not depend on how many arms run at a time', async () => {
  const runs: [string, string][][] = [];
  for (const jobs of [1, 2, 7]) {
    const fs = new MemoryFs();
    await runLoop(gaussianTask(), config, { out: 'out', fs, jobs });
    runs.push(result(fs));
  }
  assert.is(runs[0].filter(([path]) => path.endsWith('manifest.json')).length, 2 * (1 + 3 * 5));
  assert.equal(runs[1], runs[0]);
  assert.equal(runs[2], runs[0]);
});

test('rows: floor, noise and generation 0 once per seed, one row per arm and generation, summaries with intervals', async () => {
  const fs = new MemoryFs();
  const rows = await runLoop(gaussianTask(), config, { out: 'out', fs, jobs: 2 });
  const text = Buffer.from((await fs.read('out/metrics.jsonl'))!).toString();
  assert.equal(
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
    rows,
  );
  const count = (kind: string): number => rows.filter((row) => row.kind === kind).length;
  assert.is(count('floor'), 2);
  assert.is(count('noise'), 2);
  assert.is(count('generation'), 2 * (1 + 15));
  const first = rows.find((row): row is GenerationRow => row.kind === 'generation')!;
  const metrics = Object.keys(first.metrics).length;
  assert.is(count('summary'), (2 + 1) * 5 * metrics, 'two seeds and their mean, five arms');
  assert.is(count('difference'), 10 * metrics * 2, 'ten pairs of arms, slope and last');
  for (const row of rows)
    if (row.kind === 'summary') assert.ok(row.interval[0] <= row.slope && row.slope <= row.interval[1]);
  const costs = Buffer.from((await fs.read('out/costs.jsonl'))!)
    .toString()
    .trim()
    .split('\n');
  assert.is(costs.length, 2 * 16);
  for (const line of costs)
    for (const stage of ['train', 'sample', 'evaluate', 'checkpoint'])
      assert.ok(JSON.parse(line)[stage] > 0, line);
});

test('the arms are a fair experiment: without synthetic samples they are the same model, and the placebo moves as far as the correction', async () => {
  const none = await runLoop(
    gaussianTask(),
    { ...config, lambda: 0, seeds: [0] },
    { out: 'out', fs: new MemoryFs() },
  );
  const generations = none.filter(
    (row): row is GenerationRow => row.kind === 'generation' && row.arm !== null,
  );
  for (const row of generations) {
    const twin = generations.find((other) => other.generation === row.generation)!;
    assert.equal(row.metrics, twin.metrics, `${row.arm} ${row.generation}: same data, budget and noise`);
  }
  const rows = await runLoop(
    gaussianTask(),
    { ...config, n: 2000, generations: 2, seeds: [0] },
    { out: 'out', fs: new MemoryFs() },
  );
  const distance = (arm: string): number =>
    rows.find((row): row is GenerationRow => row.kind === 'generation' && row.arm === arm)!.correction!
      .distance as number;
  assert.ok(Math.abs(distance('placebo') / distance('corrected') - 1) < 0.05);
});

test('a changed configuration is refused by name, more generations go on from the old ones', async () => {
  const fs = new MemoryFs();
  const short = { ...config, generations: 2, seeds: [0] };
  await runLoop(gaussianTask(), short, { out: 'out', fs });
  await assertRejects(
    runLoop(gaussianTask(), { ...short, lambda: 0.5, n: 13 }, { out: 'out', fs }),
    /config\.lambda: 1 -> 0\.5; config\.n: 12 -> 13/,
  );
  await assertRejects(
    runLoop({ ...gaussianTask(), settings: { dimensions: 3 } }, short, { out: 'out', fs }),
    /task\.settings\.dimensions: 2 -> 3/,
  );
  await assertRejects(
    runLoop(gaussianTask(), { ...short, generations: 1 }, { out: 'out', fs }),
    /generations/,
  );
  let first: LoopEvent | undefined;
  await runLoop(
    gaussianTask(),
    { ...short, generations: 4 },
    {
      out: 'out',
      fs,
      onEvent: (event) => {
        first ??= event;
      },
    },
  );
  assert.equal(first, { type: 'start', units: 21, done: 11, out: 'out' });
  const straight = new MemoryFs();
  await runLoop(gaussianTask(), { ...short, generations: 4 }, { out: 'out', fs: straight });
  assert.equal(result(fs), result(straight));
  await fs.remove('out/config.json');
  await assertRejects(runLoop(gaussianTask(), short, { out: 'out', fs }), /config\.json in out/);
});

test('a damaged checkpoint is found by its hash and everything built on it is made anew', async () => {
  const fs = new MemoryFs();
  await runLoop(gaussianTask(), config, { out: 'out', fs });
  const before = result(fs);
  await fs.write('out/seed-1/corrected/gen-0002/generator/gaussian.json', Buffer.from('{}'));
  await fs.write('out/seed-0/baseline/gen-0003/extra', Buffer.from('x'));
  let done = -1;
  await runLoop(gaussianTask(), config, {
    out: 'out',
    fs,
    onEvent: (event) => {
      if (event.type === 'start') done = event.done;
    },
  });
  // corrected 2 and 3, placebo 2 and 3, which is matched to it, and baseline 3.
  assert.is(done, 32 - 5);
  assert.equal(result(fs), before);
});

test('abort rejects with the reason and leaves a run that resumes to the same files', async () => {
  const whole = new MemoryFs();
  await runLoop(gaussianTask(), config, { out: 'out', fs: whole });
  const fs = new MemoryFs();
  const controller = new AbortController();
  const reason = new Error('enough');
  let caught: unknown;
  try {
    await runLoop(gaussianTask(), config, {
      out: 'out',
      fs,
      jobs: 3,
      signal: controller.signal,
      onEvent: (event) => {
        if (event.type === 'unit' && event.done === 9) controller.abort(reason);
      },
    });
  } catch (error) {
    caught = error;
  }
  assert.is(caught, reason);
  assert.ok(result(fs).length < result(whole).length);
  await runLoop(gaussianTask(), config, { out: 'out', fs });
  assert.equal(result(fs), result(whole));
});

test('two runs in one directory: the second is refused; the lock of a dead process is taken over, that of another machine not', async () => {
  const fs = new MemoryFs();
  const first = runLoop(gaussianTask(), config, { out: 'out', fs });
  await assertRejects(runLoop(gaussianTask(), config, { out: 'out', fs }), /no other run in out/);
  await first;
  assert.is(await fs.read('out/run.lock'), undefined);
  const locked = (holder: object): Promise<void> =>
    fs.write('out/run.lock', Buffer.from(JSON.stringify(holder)));
  await locked({ host: 'elsewhere', pid: 1 });
  await assertRejects(runLoop(gaussianTask(), config, { out: 'out', fs }), /remove out\/run\.lock/);
  await locked({ host: hostname(), pid: 2 ** 22 + 1 });
  await runLoop(gaussianTask(), config, { out: 'out', fs });
  await locked({ host: hostname(), pid: process.pid });
  await runLoop(gaussianTask(), config, { out: 'out', fs });
});

test('a metric that is not finite stops the run by name', async () => {
  const task = gaussianTask();
  const open = task.open;
  task.open = async (seed, options) => {
    const trial = await open(seed, options);
    trial.evaluate = async () => ({ w2: Number.NaN });
    return trial;
  };
  await assertRejects(
    runLoop(task, config, { out: 'out', fs: new MemoryFs(), jobs: 2 }),
    /finite number for .*w2 of seed-0\/gen-0000/,
  );
});

async function assertRejects(promise: Promise<unknown>, pattern: RegExp): Promise<void> {
  try {
    await promise;
  } catch (error) {
    assert.match((error as Error).message, pattern);
    return;
  }
  assert.unreachable('expected a rejection');
}

test.run();

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { LoopConfig } from '../../src/loop/config.js';
import { type RunOptions, runLoop } from '../../src/loop/engine.js';
import { MemoryFs } from './memory-fs.js';
import { numberTask } from './number-task.js';

const test = suite<{ dir: string }>('threads');
test.before.each((context) => {
  context.dir = mkdtempSync(join(tmpdir(), 'selfcorrect-threads-'));
});
test.after.each(({ dir }) => rmSync(dir, { recursive: true }));

const config: Partial<LoopConfig> = {
  arms: ['uncorrected', 'corrected@gamma=1'],
  regime: 'accumulate',
  generations: 4,
  checkpointEvery: 2,
  n: 8,
  seeds: [0, 1, 2, 3],
};
const recipe = { module: new URL('./number-task.js', import.meta.url).href, name: 'numberTask', args: [] };

const filesOf = (root: string): [string, string][] =>
  (readdirSync(root, { recursive: true }) as string[])
    .filter((path) => statSync(join(root, path)).isFile() && !path.endsWith('costs.jsonl'))
    .sort()
    .map((path) => [path, readFileSync(join(root, path), 'latin1')]);

test('any number of threads gives the bytes of one', async ({ dir }) => {
  const memory = new MemoryFs();
  await runLoop(numberTask(), config, { out: 'out', fs: memory });
  const expected = [...memory.snapshot()].filter(([path]) => !path.endsWith('costs.jsonl'));
  for (const jobs of [2, 5]) {
    const out = join(dir, String(jobs));
    let units = 0;
    await runLoop(numberTask(), config, {
      out,
      jobs,
      recipe,
      onEvent: (event) => {
        if (event.type === 'unit') units++;
      },
    });
    assert.is(units, 4 * (1 + 2 * 3));
    assert.equal(
      filesOf(out)
        .map(([path, data]) => [`out/${path}`, data])
        .sort(),
      expected.sort(),
    );
    assert.is(readFileSync(join(out, 'costs.jsonl'), 'utf8').trim().split('\n').length, units);
  }
});

test('abort and failures of a thread reject, with the reason; the run goes on to the same files', async ({
  dir,
}) => {
  const whole = join(dir, 'whole');
  await runLoop(numberTask(), config, { out: whole });
  const out = join(dir, 'out');
  const rejects = async (more: Partial<RunOptions>, pattern: RegExp): Promise<void> => {
    try {
      await runLoop(numberTask(), config, { out, jobs: 2, recipe, ...more });
    } catch (error) {
      assert.match((error as Error).message, pattern);
      return;
    }
    assert.unreachable();
  };
  const controller = new AbortController();
  await rejects(
    {
      signal: controller.signal,
      onEvent: (event) => {
        if (event.type === 'unit' && event.done === 5) controller.abort(new Error('enough'));
      },
    },
    /enough/,
  );
  await rejects(
    { recipe: { ...recipe, name: 'nothing' } },
    /Expected a function nothing of .* but received undefined/,
  );
  await rejects({ recipe: { ...recipe, module: `${recipe.module}.gone` } }, /Cannot find module/);
  await runLoop(numberTask(), config, { out, jobs: 2, recipe });
  assert.equal(filesOf(out), filesOf(whole));
});

test.run();

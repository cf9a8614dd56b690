import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LoopConfig } from '../../src/loop/config.js';
import { runLoop } from '../../src/loop/engine.js';
import type { LoopError } from '../../src/loop/errors.js';
import { gaussianTask } from '../../src/tasks/gaussian.js';
import { type Fault, FaultyFs, MemoryFs } from './memory-fs.js';

const config: Partial<LoopConfig> = {
  arms: ['baseline', 'corrected'],
  regime: 'accumulate',
  gamma: 1,
  generations: 2,
  n: 4,
  evaluationCount: 4,
  seeds: [0],
  noiseRepeats: 2,
};
const result = (files: Map<string, string>): [string, string][] =>
  [...files].filter(([path]) => !path.endsWith('costs.jsonl'));

async function uninterrupted(): Promise<{ files: [string, string][]; operations: number }> {
  const fs = new MemoryFs();
  const counter = new FaultyFs(fs);
  await runLoop(gaussianTask(), config, { out: 'out', fs: counter });
  return { files: result(fs.snapshot()), operations: counter.operations };
}

for (const [fault, cut] of [
  ['die', false],
  ['die', true],
  ['torn', true],
  ['ENOSPC', false],
  ['EIO', false],
] as [Fault, boolean][])
  test(`every file operation in turn: ${fault}${cut ? ', and what was not flushed is lost' : ''}; the same call resumes to the same bytes`, async () => {
    const { files, operations } = await uninterrupted();
    assert.ok(operations > 150, `${operations} operations`);
    for (let at = 1; at <= operations; at++) {
      const fs = new MemoryFs();
      let finished = 0;
      let error: unknown;
      try {
        await runLoop(gaussianTask(), config, {
          out: 'out',
          fs: new FaultyFs(fs, at, fault),
          onEvent: (event) => {
            if (event.type === 'unit') finished = event.done;
          },
        });
      } catch (thrown) {
        error = thrown;
      }
      assert.ok(error, `operation ${at} must not be swallowed`);
      if (fault === 'ENOSPC' || fault === 'EIO') {
        assert.is((error as LoopError).code, 'ERR_DISK', `${at}: ${(error as Error).message}`);
        assert.match(
          (error as Error).message,
          /^Expected to [a-z ]+ (out|\.)\S* but received (ENOSPC|EIO): the disk .*what is finished is safe$/,
        );
      } else assert.match((error as Error).message, /injected fault/);
      if (cut) fs.powerCut();
      let found = -1;
      await runLoop(gaussianTask(), config, {
        out: 'out',
        fs,
        onEvent: (event) => {
          if (event.type === 'start') found = event.done;
        },
      });
      assert.ok(found >= finished, `${finished} units were finished at operation ${at}, ${found} were found`);
      assert.equal(result(fs.snapshot()), files, `killed at operation ${at}`);
      const costs = Buffer.from((await fs.read('out/costs.jsonl'))!)
        .toString()
        .trim()
        .split('\n');
      const units = costs.map((line) => {
        const { arm, generation } = JSON.parse(line);
        return `${arm}/${generation}`;
      });
      assert.is(new Set(units).size, costs.length, 'no cost row twice');
      assert.is(units.length, 5, 'no unit without its costs');
    }
  });

test('a second fault during the resume does no harm either', async () => {
  const { files, operations } = await uninterrupted();
  for (let at = 7; at <= operations; at += 29)
    for (let again = 3; again <= operations; again += 37) {
      const fs = new MemoryFs();
      for (const k of [at, again]) {
        await runLoop(gaussianTask(), config, { out: 'out', fs: new FaultyFs(fs, k, 'torn') }).catch(
          () => {},
        );
        fs.powerCut();
      }
      await runLoop(gaussianTask(), config, { out: 'out', fs });
      assert.equal(result(fs.snapshot()), files);
    }
});

/** Every file below a directory by path, without the costs. */
function filesOf(root: string): [string, string][] {
  return (readdirSync(root, { recursive: true }) as string[])
    .filter((path) => statSync(join(root, path)).isFile() && !path.endsWith('costs.jsonl'))
    .sort()
    .map((path) => [path, readFileSync(join(root, path), 'latin1')]);
}

/** Runs the toy in a process of its own; resolves with true when it finished and false when it was killed. */
function child(out: string, killAfterMs?: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const script = fileURLToPath(new URL('./toy-process.js', import.meta.url));
    const process_ = spawn(process.execPath, [script, out], { stdio: ['ignore', 'pipe', 'inherit'] });
    let timer: NodeJS.Timeout | undefined;
    // The clock starts with the first work, so that the kill meets the run and not the start of Node.
    process_.stdout.once('data', () => {
      if (killAfterMs !== undefined) timer = setTimeout(() => process_.kill('SIGKILL'), killAfterMs);
    });
    process_.once('close', (code, signal) => {
      clearTimeout(timer);
      if (signal === 'SIGKILL') resolve(false);
      else if (code === 0) resolve(true);
      else reject(new Error(`the toy process ended with ${code}`));
    });
  });
}

test('kill -9 of a real process, again and again, ends in the same files', async () => {
  const root = mkdtempSync(join(tmpdir(), 'selfcorrect-kill-'));
  try {
    assert.ok(await child(join(root, 'whole')));
    const whole = filesOf(join(root, 'whole'));
    assert.ok(whole.length > 60);
    let kills = 0;
    for (let attempt = 0; attempt < 40; attempt++) {
      if (await child(join(root, 'killed'), 15 + 23 * (attempt % 7))) break;
      kills++;
    }
    assert.ok(kills >= 3, `killed ${kills} times`);
    assert.ok(await child(join(root, 'killed')));
    assert.equal(filesOf(join(root, 'killed')), whole);
  } finally {
    rmSync(root, { recursive: true });
  }
});

test.run();

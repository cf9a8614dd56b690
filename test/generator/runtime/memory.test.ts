// Training does not leak.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

test('memory after 2,000 steps is at most 1.05 times that after 200', async () => {
  const program = fileURLToPath(new URL('./memory.js', import.meta.url));
  // V8's nursery of new objects grows to 16 MiB within some hundred steps: kept small, it is not taken for a leak.
  const args = ['--max-semi-space-size=1', '--expose-gc', program];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const { early, late } = JSON.parse(stdout) as { early: number; late: number };
  assert.ok(
    early > 50 * 2 ** 20 && late <= 1.05 * early,
    `${early} bytes after 200 steps, ${late} after 2,000`,
  );
});

test.run();

// Training does not leak.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

test('memory after 2,000 steps is at most 1.05 times that after 200', async () => {
  const program = fileURLToPath(new URL('./memory.js', import.meta.url));
  // V8's garbage is not to be taken for a leak: its nursery, which grows for some hundred steps, is kept small, and what
  // leaves it is collected each time.
  const args = ['--max-semi-space-size=1', '--gc-global', program];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const { early, late } = JSON.parse(stdout) as { early: number; late: number };
  assert.ok(
    early > 50 * 2 ** 20 && late <= 1.05 * early,
    `${early} bytes after 200 steps, ${late} after 2,000`,
  );
});

test.run();

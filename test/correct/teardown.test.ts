/** Processes and workers that end while the corrector runs: no crash, the exit code asked for, the addon loaded anew. */
import { spawn } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const url = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);

/** Of a thread: corrects without end, so that whatever ends it does so in the middle of a job. */
const WORKING = `
  import { parentPort } from 'node:worker_threads';
  import { correctBatch } from ${url('../../src/correct/correct.js')};
  import { waving } from ${url('../support/motions.js')};
  const inputs = Array.from({ length: 600 }, (_, i) => ({ joints: waving(60, i) }));
  const few = await correctBatch(inputs.slice(0, 4), { onProgress() {} });
  if (few.reports.some(({ status }) => status !== 'ok')) throw new Error('not ok');
`;
const FOREVER = `
  for (;;) await correctBatch(inputs, { onProgress() {} });
`;
const source = (code: string): string =>
  `new URL('data:text/javascript,' + encodeURIComponent(${JSON.stringify(code)}))`;

/** How a process with this code as its main module ends. */
function ends(code: string): Promise<{ code: number | null; signal: string | null; stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.on('close', (code, signal) => resolve({ code, signal, stderr }));
  });
}

async function check(name: string, code: string, exit: number, times: number): Promise<void> {
  for (let round = 0; round < times; round++) {
    const ended = await ends(code);
    assert.equal(
      [ended.code, ended.signal],
      [exit, null],
      `${name}, round ${round}: ${ended.stderr.slice(0, 2000)}`,
    );
  }
}

test('process.exit() in the middle of jobs ends with its code', () =>
  check(
    'exit',
    `${WORKING}
    for (let calls = 0; calls < 3; calls++) correctBatch(inputs, { onProgress() {} });
    setTimeout(() => process.exit(1), 120 * Math.random());`,
    1,
    6,
  ));

test('an error that nobody catches, in the middle of jobs, ends as in any program', () =>
  check(
    'uncaught',
    `${WORKING}
    correctBatch(inputs);
    setTimeout(() => { throw new Error('meant'); }, 40);`,
    1,
    2,
  ));

test('worker.terminate(), and process.exit() in a worker, in the middle of a job leave the process as it is', () =>
  check(
    'terminate',
    `import { Worker } from 'node:worker_threads';
    import { once } from 'node:events';
    const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    await Promise.all(Array.from({ length: 3 }, async (_, i) => {
      const worker = new Worker(${source(`${WORKING} parentPort.postMessage(0);
        if (process.argv.at(-1) === 'exit') setTimeout(() => process.exit(5), 60 * Math.random());
        ${FOREVER}`)}, { argv: [i === 0 ? 'exit' : 'stay'] });
      const exit = once(worker, 'exit');
      await once(worker, 'message');
      await pause(80 * Math.random());
      if (i > 0) worker.terminate();
      const [code] = await exit;
      if (code !== (i === 0 ? 5 : 1)) throw new Error('a worker ended with ' + code);
    }));`,
    0,
    5,
  ));

test('a worker that is running when the process ends does not change its code', () =>
  check(
    'main exits',
    `import { Worker } from 'node:worker_threads';
    import { once } from 'node:events';
    const worker = new Worker(${source(`${WORKING} parentPort.postMessage(0); ${FOREVER}`)});
    await once(worker, 'message');
    setTimeout(() => process.exit(1), 50 * Math.random());`,
    1,
    5,
  ));

test('8 workers load the addon, run jobs and unload it, 50 times, half of them ended in the middle', () =>
  // The main thread never loads it, so that it goes when the last of the workers does.
  check(
    'load and unload',
    `import { Worker } from 'node:worker_threads';
    import { once } from 'node:events';
    for (let round = 0; round < 50; round++)
      await Promise.all(Array.from({ length: 8 }, async (_, i) => {
        const worker = new Worker(${source(`${WORKING} parentPort.postMessage(0);
          if (process.argv.at(-1) === 'stay') ${FOREVER}`)}, { argv: [i % 2 ? 'stay' : 'done'] });
        const exit = once(worker, 'exit');
        const [message] = await once(worker, 'message');
        if (i % 2) worker.terminate();
        const [code] = await exit;
        if (message !== 0 || code !== i % 2) throw new Error('a worker ended with ' + code);
      }));`,
    0,
    1,
  ));

test('the checks see a crash, a wrong code and a failed worker', async () => {
  const failing = [
    'process.abort()',
    'process.exit(3)',
    `import { Worker } from 'node:worker_threads';
    new Worker(${source(`${WORKING} throw new Error('broken')`)});`,
  ];
  for (const code of failing) {
    let passed = true;
    await check('failing', code, 0, 1).catch(() => {
      passed = false;
    });
    assert.not.ok(passed, code);
  }
});

test.run();

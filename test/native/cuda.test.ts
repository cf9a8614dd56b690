// Device 'cuda' through the addon, on the emulated device: the kernels' own functions, run by the processor. The same bytes as
// device 'cpu', and a process that can be used after a failure.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Attempt } from './cuda-run.js';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const ADDON = here('../../../build/Release/selfcorrect-emulated.node');

/** Attempts at jobs, `JOB:DEVICE`, at the first motions of each, in a process whose device fails as `emulated` says. */
function attempts(motions: number, order: string[], emulated = ''): Attempt[] {
  const env = { ...process.env, SELFCORRECT_ADDON: ADDON, SELFCORRECT_EMULATED: emulated };
  return JSON.parse(
    execFileSync(process.execPath, [here('./cuda-run.js'), String(motions), ...order], {
      env,
      encoding: 'utf8',
    }),
  );
}

if (!existsSync(ADDON)) {
  const note = 'build/Release/selfcorrect-emulated.node is missing: node native/test/build.mjs o3 builds it';
  if (process.env.CI) test('the addon with the emulated device is there', () => assert.unreachable(note));
  else console.log(`note: ${note}`);
} else {
  for (const job of ['clip', 'loop', 'ladder', 'sampling'])
    test(`${job}: the bytes of the processor`, () => {
      const [cpu, cuda] = attempts(24, [`${job}:cpu`, `${job}:cuda`]);
      assert.is(cuda.error, undefined);
      assert.ok(cpu.digests && cpu.digests.length >= 12);
      assert.equal(cuda.digests, cpu.digests);
    });

  test('too little memory for one motion: ERR_OOM with the numbers, and the processor goes on', () => {
    const [cuda, cpu] = attempts(2, ['clip:cuda', 'clip:cpu'], 'memory=65536');
    assert.is(cuda.error?.code, 'ERR_OOM');
    assert.match(
      cuda.error?.message ?? '',
      /Expected \d{6,} bytes of device memory .* 65536 .* 65536 are free/,
    );
    assert.is(cpu.digests?.length, 2);
  });

  for (const failure of ['launch=3', 'lost=9'])
    test(`${failure}: ERR_CUDA with a sentence, then the device goes on`, () => {
      const [failed, again, cpu] = attempts(4, ['clip:cuda', 'clip:cuda', 'clip:cpu'], failure);
      assert.is(failed.error?.code, 'ERR_CUDA');
      assert.match(failed.error?.message ?? '', /The device .*\.$/);
      assert.is(again.error, undefined);
      assert.equal(again.digests, cpu.digests);
    });

  test('little memory: smaller tiles, the same bytes', () => {
    const [cpu, cuda] = attempts(16, ['ladder:cpu', 'ladder:cuda'], `memory=${6 * 2 ** 20}`);
    assert.is(cuda.error, undefined);
    assert.equal(cuda.digests, cpu.digests);
  });
}

test.run();

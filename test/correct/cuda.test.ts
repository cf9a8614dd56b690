// Where a batch runs when there is a GPU, when there is none, and when it fails. The GPU is made up: test/native has the device.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CudaState } from '../../src/correct/native.js';
import { writeNpy } from '../../src/io/index.js';
import { GPU, gpuAddon } from '../support/gpu-addon.js';
import { waving } from '../support/motions.js';

const url = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
const NONE: CudaState = { available: false, reason: 'no driver here' };

interface World {
  state?: CudaState;
  failure?: { code: string; message: string };
  env?: Record<string, string>;
}

/** Runs a program that has the package, `motions(count)`, `warnings` and `outcome(call)`, and gives what it printed as JSON. */
function run(body: string, { state, failure, env = {} }: World = {}) {
  const code = `
    import { correct, correctBatch } from ${url('../../src/index.js')};
    import { waving } from ${url('../support/motions.js')};
    const motions = (count) => Array.from({ length: count }, (_, i) => ({ joints: waving(8 + (i % 3)) }));
    const warnings = [];
    process.on('warning', ({ code, message }) => warnings.push({ code, message }));
    const outcome = async (count, options) => {
      try {
        const { device, reports, summary } = await correctBatch(motions(count), { threads: 2, ...options });
        return { device, summary: summary.device, done: reports.filter(({ status }) => status === 'ok').length };
      } catch ({ code, message }) { return { code, message }; }
    };
    const print = async (value) => {
      await new Promise((resolve) => setImmediate(resolve));
      console.log(JSON.stringify({ value, warnings, ...globalThis.gpu }));
    };
    ${body}`;
  const { SELFCORRECT_CUDA_FROM: _, ...inherited } = process.env;
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--no-warnings', '--input-type=module', '-e', code],
    { encoding: 'utf8', env: { ...inherited, SELFCORRECT_ADDON: gpuAddon(state, failure), ...env } },
  );
  assert.is(status, 0, stderr);
  return JSON.parse(stdout);
}

test('auto takes the GPU from the crossover on, and does not look for it below', () => {
  const body = `
    const small = await outcome(299);
    const asked = globalThis.gpu.asked;
    print({ small, asked, large: await outcome(300), one: await outcome(150, { threads: 1 }) });`;
  const { value, devices, warnings } = run(body, { state: GPU });
  assert.equal(value.small, { device: 'cpu', summary: 'cpu', done: 299 });
  assert.is(value.asked, 0);
  assert.equal(value.large, { device: 'cuda', summary: 'cuda', done: 300 });
  assert.is(value.one.device, 'cuda');
  assert.equal(devices, ['cpu', 'cuda', 'cuda']);
  assert.is(warnings.length, 0);
});

test('SELFCORRECT_CUDA_FROM sets the crossover, whatever the threads', () => {
  const body = `print([await outcome(4), await outcome(5), await outcome(5, { threads: 1 })])`;
  const { value } = run(body, { state: GPU, env: { SELFCORRECT_CUDA_FROM: '5' } });
  assert.equal(
    value.map(({ device }: { device: string }) => device),
    ['cpu', 'cuda', 'cuda'],
  );
  assert.is(
    run(`print(await outcome(400))`, { state: GPU, env: { SELFCORRECT_CUDA_FROM: 'Infinity' } }).value.device,
    'cpu',
  );
  for (const bad of ['many', '-1'])
    assert.equal(run(`print(await outcome(1))`, { state: GPU, env: { SELFCORRECT_CUDA_FROM: bad } }).value, {
      code: 'ERR_RANGE',
      message: `Expected a number of motions, 0 or more, for SELFCORRECT_CUDA_FROM but received ${bad}`,
    });
});

test('without a GPU auto takes the processor and says nothing; cuda fails with the reason', () => {
  const body = `print({ auto: await outcome(300), cpu: await outcome(1, { device: 'cpu' }), cuda: await outcome(1, { device: 'cuda' }) })`;
  const { value, devices, warnings } = run(body, { state: NONE });
  assert.is(value.auto.device, 'cpu');
  assert.is(value.cpu.device, 'cpu');
  assert.equal(value.cuda, {
    code: 'ERR_CUDA',
    message: "Expected an NVIDIA GPU for device 'cuda' but received none: no driver here",
  });
  assert.equal(devices, ['cpu', 'cpu']);
  assert.is(warnings.length, 0);
});

test('an addon that knows of no GPU has none', () => {
  const { value } = run(`print({ auto: await outcome(300), cuda: await outcome(1, { device: 'cuda' }) })`);
  assert.is(value.auto.device, 'cpu');
  assert.is(value.cuda.code, 'ERR_CUDA');
  assert.match(value.cuda.message, /older/);
});

test('cuda and cpu are taken whatever the size of the batch', () => {
  const body = `print([await outcome(1, { device: 'cuda' }), await outcome(300, { device: 'cpu' })])`;
  const { devices } = run(body, { state: GPU });
  assert.equal(devices, ['cuda', 'cpu']);
});

for (const [code, message] of [
  ['ERR_CUDA', 'the device was lost'],
  ['ERR_OOM', 'Expected 4096 bytes of device memory but received none'],
])
  test(`a GPU that fails is an error for cuda and the processor for auto, with one warning: ${code}`, () => {
    const body = `
      const told = [];
      const onProgress = ({ done }) => told.push(done);
      const cuda = await outcome(6, { device: 'cuda' });
      const auto = await outcome(300, { onProgress });
      print({ cuda, auto, again: await outcome(300), told });`;
    const { value, devices, warnings } = run(body, { state: GPU, failure: { code, message } });
    assert.equal(value.cuda, { code, message: `The corrector failed: ${message}` });
    assert.equal(value.auto, { device: 'cpu', summary: 'cpu', done: 300 });
    assert.is(value.again.device, 'cpu');
    assert.equal(devices, ['cuda', 'cuda', 'cpu', 'cuda', 'cpu']);
    assert.equal(
      value.told,
      value.told.toSorted((a: number, b: number) => a - b),
    );
    assert.ok(value.told[0] === 299 && value.told.at(-1) === 300, `${value.told}`);
    assert.is(warnings.length, 1);
    assert.is(warnings[0].code, 'SELFCORRECT_CUDA_FAILED');
    assert.ok(warnings[0].message.endsWith(message));
  });

test('an abort while the GPU fails starts nothing on the processor', () => {
  const body = `
    const stop = new AbortController();
    const onProgress = () => stop.abort(new Error('enough'));
    print(await outcome(300, { onProgress, signal: stop.signal }));`;
  const { value, devices } = run(body, { state: GPU, failure: { code: 'ERR_CUDA', message: 'lost' } });
  assert.is(value.message, 'enough');
  assert.equal(devices, ['cuda']);
});

test('a stream says what each motion ran on, and takes groups that are worth a GPU', () => {
  const body = `
    const groups = async (count, options) => {
      const devices = {};
      const before = globalThis.gpu?.devices.length ?? 0;
      for await (const { device } of correct(motions(count), { threads: 2, ...options })) devices[device] = 1 + (devices[device] ?? 0);
      return { devices, groups: globalThis.gpu.devices.length - before };
    };
    print([await groups(2048 + 40), await groups(40, { device: 'cuda' }), await groups(60, { window: 40 })]);`;
  const { value } = run(body, { state: GPU });
  // Half of the window at a time; the rest is a small group, which is sooner done on the processor.
  assert.equal(value[0], { devices: { cuda: 2048, cpu: 40 }, groups: 2 });
  assert.equal(value[1].devices, { cuda: 40 });
  assert.equal(value[2].devices, { cpu: 60 });
  assert.equal(
    run(body.replace('2048 + 40', '40'), { state: { ...GPU }, env: { SELFCORRECT_CUDA_FROM: 'Infinity' } })
      .value[0].devices,
    {
      cpu: 40,
    },
  );
});

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
const command = (args: string[], state: CudaState | undefined) =>
  spawnSync(process.execPath, [MAIN, ...args], {
    encoding: 'utf8',
    env: { ...process.env, SELFCORRECT_ADDON: gpuAddon(state), SELFCORRECT_CUDA_FROM: '700' },
  });

test('selfcorrect doctor shows the GPU, or why there is none, which is no failure', () => {
  const { stdout, status } = command(['doctor'], GPU);
  assert.match(
    stdout,
    /✓ gpu +Made Up 9000, compute capability 9\.0, 6\.5 of 8\.0 GiB free, driver for CUDA 13\.0, built with CUDA 12\.8\n/,
  );
  assert.match(stdout, /✓ device +auto takes cpu, the addon; cuda for batches of 700 motions and more\n/);
  assert.is(status, 0);
  const without = command(['doctor'], NONE);
  assert.match(without.stdout, /✓ gpu +none: no driver here\n/);
  assert.match(without.stdout, /✓ device +auto takes cpu, the addon\n/);
  assert.is(without.status, 0);
});

test('selfcorrect correct passes --device on, and says what ran', () => {
  const dir = mkdtempSync(join(tmpdir(), 'selfcorrect-device-'));
  const input = join(dir, 'a.npy');
  writeFileSync(input, writeNpy([20, 22, 3], waving(20)));
  const args = ['correct', input, '--out', join(dir, 'out'), '--device', 'cuda'];
  const { stdout, status } = command(args, GPU);
  assert.is(status, 0);
  assert.equal(JSON.parse(stdout.trim().split('\n').at(-1) as string).devices, ['cuda']);
  const without = command(args, NONE);
  assert.is(without.status, 1);
  assert.match(without.stderr, /Expected an NVIDIA GPU for device 'cuda' but received none: no driver here/);
});

test.run();

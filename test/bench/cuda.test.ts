// What is read off native_bench, and what the suite does without a GPU.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { crossover, readRows } from '../../bench/cuda.js';
import { gpuAddon } from '../support/gpu-addon.js';

test('rows of the CSV have numbers, or nothing where nothing was measured', () => {
  const rows = readRows('device,motions,cpu_s,device_s\ncuda,64,0.5,0.25\ncuda,4096,,2e-1\n');
  assert.equal([...rows.keys()], [64, 4096]);
  assert.is(rows.get(64)?.cpu_s, 0.5);
  assert.is(rows.get(4096)?.cpu_s, undefined);
  assert.is(rows.get(4096)?.device_s, 0.2);
});

test('the crossover lies where both are equally fast, between sizes measured on both', () => {
  const rows = (...ratios: (number | undefined)[]) =>
    ratios.map((ratio, i) => ({ motions: 100 * 4 ** i, cpu_over_device: ratio }));
  assert.ok(Math.abs((crossover(rows(0.5, 2)) ?? 0) - 200) < 1e-9);
  assert.ok(Math.abs((crossover(rows(0.25, 0.5, 1, 4)) ?? 0) - 1600) < 1e-9);
  assert.is(crossover(rows(1.5, 3)), 100);
  assert.is(crossover(rows(0.5, undefined)), undefined);
  assert.is(crossover(rows(0.5, 0.9)), undefined);
});

test('without a GPU the suite says why and is no failure', () => {
  const main = fileURLToPath(new URL('../../bench/main.js', import.meta.url));
  const { status, stdout } = spawnSync(process.execPath, [main, 'cuda'], {
    encoding: 'utf8',
    env: { ...process.env, SELFCORRECT_ADDON: gpuAddon({ available: false, reason: 'No driver here.' }) },
  });
  assert.is(status, 0);
  assert.match(stdout, /^cuda: skipped, No driver here\.$/m);
  assert.not.match(stdout, /gates/);
});

test.run();

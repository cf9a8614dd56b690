import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { describeCuda } from '../../src/cli/setup-cuda.js';
import { CUDA_PACKAGE } from '../../src/generator/runtime/cuda-package.js';

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

const cli = (...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    const child = execFile(process.execPath, [MAIN, 'setup-cuda', ...args], (_, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }),
    );
  });

test('a mistake is one line and exit code 2', async () => {
  for (const [args, message] of [
    [['now'], /Expected options only but received now/],
    [['--check', '--remove'], /Expected --check or --remove but received both/],
    [
      ['--from', '/absent.tgz'],
      /Expected a file for --from but received \/absent\.tgz, which does not exist/,
    ],
  ] as const) {
    const { code, stderr } = await cli(...args);
    assert.is(code, 2);
    assert.match(stderr, message);
    assert.is(stderr.trim().split('\n').length, 1);
  }
});

test('--help says what is fetched, of which size and licence', async () => {
  const { code, stdout } = await cli('--help');
  assert.is(code, 0);
  assert.match(stdout, /com\.github\.asus4\.onnxruntime\.linux-x64-gpu@0\.4\.9 \(MIT licence, 179 MB\)/);
});

test('the check ends with a verdict, and its exit code is that', async () => {
  const { code, stdout, stderr } = await cli('--check');
  const verdict = stdout.trim().split('\n').at(-1) ?? '';
  assert.match(stdout, /onnxruntime-node +1\.29\.0, commit 2e2543fbe9/);
  if (verdict === 'CUDA works.') assert.is(code, 0);
  else {
    assert.match(verdict, /^CUDA is off: ./);
    assert.is(code, 1, stderr);
  }
});

test('each thing needed has a line that says what to do', () => {
  const { runtimeVersion: version, commit } = CUDA_PACKAGE;
  const complete = describeCuda({
    platform: { name: 'linux-x64', fits: true },
    runtime: { version, commit, libraries: '/x', fits: true },
    files: { 'a.so': 'installed' },
    driver: '580.65.06',
    libraries: [{ name: 'libcuda.so.1', source: 'the driver', found: true }],
  });
  assert.ok(complete.every((line) => line.startsWith('✓')));
  assert.is(complete.length, 5);

  const lacking = describeCuda({
    platform: { name: 'darwin-arm64', fits: false },
    runtime: { version: '1.30.0', commit: 'f2c39fe2f', libraries: '/x', fits: false },
    files: { 'a.so': 'missing', 'b.so': 'other' },
    libraries: [
      { name: 'libcuda.so.1', source: 'the driver', found: false },
      { name: 'libcudnn.so.9', source: 'cuDNN', found: false, optional: true },
    ],
  });
  for (const [row, message] of [
    /^✗ platform +darwin-arm64, not linux-x64/,
    /^✗ onnxruntime-node +1\.30\.0, commit f2c39fe2f; the provider fits 1\.29\.0, commit 2e2543fbe9, alone/,
    /^✗ a\.so +not installed: npx selfcorrect setup-cuda/,
    /^– b\.so +not the file of .*: of another origin, or damaged/,
    /^✗ NVIDIA driver +not loaded/,
    /^✗ libcuda\.so\.1 +not found: the driver/,
    /^– libcudnn\.so\.9 +not found, needed by some operations: cuDNN/,
  ].entries())
    assert.match(lacking[row], message);
  const bare = describeCuda({ platform: { name: 'linux-x64', fits: true }, files: {}, libraries: [] });
  assert.match(bare[1], /^✗ onnxruntime-node +not installed: npm install onnxruntime-node@1\.29\.0/);
});

test.run();

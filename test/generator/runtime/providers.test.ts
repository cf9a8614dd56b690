// The choice of what runs: reports, refusals, and onnxruntime's own failure where the CUDA provider cannot work.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { OrtClient } from '../../../src/generator/runtime/ort-client.js';
import {
  CUDA_FILES,
  findRuntime,
  planProvider,
  type RuntimePackage,
  whyNotLoaded,
} from '../../../src/generator/runtime/providers.js';
import { rejection } from '../model.js';

const folder = await mkdtemp(join(tmpdir(), 'selfcorrect-'));
test.after(() => rm(folder, { recursive: true }));

const runtimeIn = (libraries: string, platform = 'linux-x64'): RuntimePackage => ({
  version: '1.29.0',
  platform,
  libraries,
});

const thrown = (work: () => unknown) => rejection(Promise.resolve().then(work));

test('the plan follows the files beside the runtime', async () => {
  const none = runtimeIn(folder);
  assert.equal(planProvider('cpu', none), { choice: 'cpu', files: [], reason: 'cpu was asked for' });
  const auto = planProvider('auto', none);
  assert.is(auto.probe, undefined);
  assert.match(auto.reason, /no CUDA provider library beside onnxruntime: run npx selfcorrect setup-cuda/);
  const refused = await thrown(() => planProvider('cuda', none));
  assert.is(refused.code, 'ERR_CUDA');
  for (const name of [...CUDA_FILES, 'npx selfcorrect setup-cuda', folder])
    assert.ok(refused.message.includes(name), refused.message);

  const elsewhere = runtimeIn(folder, 'darwin-arm64');
  assert.match(planProvider('auto', elsewhere).reason, /CUDA needs linux-x64, this is darwin-arm64/);
  const platform = await thrown(() => planProvider('cuda', elsewhere));
  assert.match(
    platform.message,
    /Expected linux-x64 for the platform of provider cuda but received darwin-arm64/,
  );

  const half = join(folder, 'half');
  await mkdir(half);
  await writeFile(join(half, CUDA_FILES[0]), '');
  assert.is(planProvider('auto', runtimeIn(half)).probe, undefined);
  assert.match(
    (await thrown(() => planProvider('cuda', runtimeIn(half)))).message,
    /Expected libonnxruntime_providers_cuda/,
  );
  await writeFile(join(half, CUDA_FILES[1]), '');
  for (const choice of ['auto', 'cuda'] as const)
    assert.ok((planProvider(choice, runtimeIn(half)).probe?.length ?? 0) > 0);
  assert.is(planProvider('cpu', runtimeIn(half)).probe, undefined);

  const wrong = await thrown(() => planProvider('gpu' as 'cuda', none));
  assert.is(wrong.code, 'ERR_ARGUMENT');
  assert.match(wrong.message, /Expected one of auto, cpu, cuda for provider but received gpu/);
});

test('cpu is what runs when it is asked for', async () => {
  const client = await OrtClient.start({ provider: 'cpu' });
  assert.equal(client.provider, { name: 'cpu', reason: 'cpu was asked for' });
  await client.close();
});

test("the linker's words for a library that does not load, and none for one that does", async () => {
  const runtime = findRuntime();
  assert.ok(runtime);
  const broken = join(folder, 'broken.so');
  await writeFile(broken, 'no library');
  assert.match(whyNotLoaded([join(folder, 'absent.so'), broken]) ?? '', /absent\.so.*No such file/);
  assert.match(whyNotLoaded([broken]) ?? '', /broken\.so: file too short/);
  if (process.platform === 'linux') assert.is(whyNotLoaded(['libm.so.6']), undefined);
});

const MAIN = `
import { OrtClient } from './dist/src/generator/runtime/ort-client.js';
import { double } from './dist/test/generator/runtime/graphs.js';
for (const provider of ['auto', 'cuda']) {
  try {
    const client = await OrtClient.start({ provider });
    await client.open('double', double);
    const x = { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) };
    const { y } = await client.run({ session: 'double', feeds: { x }, keep: {}, fetch: ['y'] });
    console.log(JSON.stringify({ provider: client.provider, y: [...y.data] }));
    await client.close();
  } catch ({ code, message }) {
    console.log(JSON.stringify({ code, message }));
  }
}`;

test('where the CUDA provider is installed but does not load, auto goes on with the CPU and says why', async () => {
  const runtime = findRuntime();
  assert.ok(runtime);
  if (runtime.platform !== 'linux-x64') return;
  // A copy of the runtime with provider files that are no libraries, used by a copy of the compiled sources.
  const modules = join(runtime.libraries, '../../../../..');
  for (const name of ['onnxruntime-node', 'onnxruntime-common'])
    await cp(join(modules, name), join(folder, 'node_modules', name), { recursive: true });
  await cp(fileURLToPath(new URL('../../../', import.meta.url)), join(folder, 'dist'), { recursive: true });
  const libraries = runtime.libraries.replace(modules, join(folder, 'node_modules'));
  for (const name of CUDA_FILES) await writeFile(join(libraries, name), 'no library');
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await writeFile(join(folder, 'main.js'), MAIN);
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [join(folder, 'main.js')]);
  assert.is(stderr, '', 'the reason is said once, by the report');
  const [auto, cuda] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.equal(auto.y, [2, 4]);
  assert.is(auto.provider.name, 'cpu');
  assert.match(auto.provider.reason, /^the CUDA provider does not work here: .*_shared\.so: file too short/);
  assert.not.ok(auto.provider.reason.includes('\n'));
  assert.is(cuda.code, 'ERR_CUDA');
  assert.match(cuda.message, /does not work here: .*_shared\.so: file too short .*setup-cuda --check/);
});

test.run();

// Installing and removing the CUDA provider's files; the package and the runtime are small ones made here.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkCuda, notLoaded } from '../../../src/generator/runtime/cuda-check.js';
import { CUDA_PACKAGE, type CudaPackage } from '../../../src/generator/runtime/cuda-package.js';
import {
  type CudaSetupOptions,
  commitOf,
  cudaFiles,
  installCuda,
  npmPack,
  removeCuda,
} from '../../../src/generator/runtime/cuda-setup.js';
import {
  CUDA_FILES,
  findRuntime,
  RUNTIME_LIBRARY,
  RUNTIME_VERSION,
} from '../../../src/generator/runtime/providers.js';
import { rejection } from '../model.js';

const folder = await mkdtemp(join(tmpdir(), 'selfcorrect-'));
test.after(() => rm(folder, { recursive: true }));

const CONTENT: Record<string, string> = { [CUDA_FILES[0]]: 'shared', [CUDA_FILES[1]]: 'cuda'.repeat(1000) };
const PACK: CudaPackage = {
  ...CUDA_PACKAGE,
  files: Object.fromEntries(
    Object.entries(CONTENT).map(([name, text]) => [
      name,
      { size: text.length, sha256: createHash('sha256').update(text).digest('hex') },
    ]),
  ),
};

/** A package file as `npm pack` writes it, with this content. */
async function tarball(name: string, content = CONTENT): Promise<string> {
  const root = join(folder, name);
  for (const [file, text] of Object.entries({ ...content, 'unwanted.so': 'x' })) {
    const path = join(root, PACK.folder, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  await promisify(execFile)('tar', ['-czf', `${root}.tgz`, '-C', root, 'package']);
  return `${root}.tgz`;
}

/** A folder with a runtime's library of that commit, and what sets up the provider there. */
async function machine(name: string, tarballFile: string, commit = PACK.commit) {
  const libraries = join(folder, name);
  await mkdir(libraries);
  await writeFile(
    join(libraries, RUNTIME_LIBRARY),
    `\0git-branch=HEAD, git-commit-id=${commit}, build type=Release\0`,
  );
  let fetched = 0;
  const options: CudaSetupOptions = {
    pack: PACK,
    runtime: { version: PACK.runtimeVersion, platform: 'linux-x64', libraries },
    fetch: async (_, into) => {
      fetched++;
      await copyFile(tarballFile, join(into, 'pack.tgz'));
      return join(into, 'pack.tgz');
    },
  };
  return { libraries, options, fetched: () => fetched, files: async () => (await readdir(libraries)).sort() };
}

const good = await tarball('good');
const ALONE = [RUNTIME_LIBRARY];
const COMPLETE = [RUNTIME_LIBRARY, CUDA_FILES[1], CUDA_FILES[0]].sort();

test('two files are put beside the library, once, and removed again', async () => {
  const { libraries, options, fetched, files } = await machine('install', good);
  assert.equal(Object.values(await cudaFiles(libraries, PACK)), ['missing', 'missing']);
  assert.is(await installCuda(options), 'installed');
  assert.equal(await files(), COMPLETE);
  for (const [name, text] of Object.entries(CONTENT))
    assert.is(await readFile(join(libraries, name), 'utf8'), text);
  assert.equal(Object.values(await cudaFiles(libraries, PACK)), ['installed', 'installed']);
  assert.is(await installCuda(options), 'already installed');
  assert.is(fetched(), 1);
  assert.equal(await removeCuda(options), [...CUDA_FILES]);
  assert.equal(await removeCuda(options), []);
  assert.equal(await files(), ALONE);
});

test('half an installation is completed, and what an ended one left is cleared', async () => {
  const { libraries, options, files } = await machine('half', good);
  await installCuda(options);
  await rm(join(libraries, CUDA_FILES[1]));
  await mkdir(join(libraries, '.setup-cuda-abcdef'));
  assert.is(await installCuda(options), 'installed');
  assert.equal(await files(), COMPLETE);
});

test('files of another origin are not replaced', async () => {
  const { libraries, options, fetched } = await machine('other', good);
  await writeFile(join(libraries, CUDA_FILES[1]), 'another');
  const error = await rejection(installCuda(options));
  assert.is(error.code, 'ERR_CUDA');
  assert.match(
    error.message,
    /providers_cuda\.so but received another one: npx selfcorrect setup-cuda --remove/,
  );
  assert.is(fetched(), 0);
  assert.is(await readFile(join(libraries, CUDA_FILES[1]), 'utf8'), 'another');
  await removeCuda(options);
  assert.is(await installCuda(options), 'installed');
});

test('only one build on one platform is accepted, before anything is fetched', async () => {
  const { options, fetched, files } = await machine('refused', good);
  const runtime = options.runtime!;
  for (const [changed, message] of [
    [
      { platform: 'darwin-arm64' },
      /Expected linux-x64 for the platform of the CUDA provider but received darwin-arm64/,
    ],
    [{ version: '1.30.0' }, /Expected 1\.29\.0 for the version of onnxruntime-node but received 1\.30\.0/],
  ] as const) {
    const error = await rejection(installCuda({ ...options, runtime: { ...runtime, ...changed } }));
    assert.is(error.code, 'ERR_CUDA');
    assert.match(error.message, message);
  }
  const built = await machine('built', good, 'f2c39fe2f0');
  assert.match(
    (await rejection(installCuda(built.options))).message,
    /Expected 2e2543fbe9 for the commit .* but received f2c39fe2f0/,
  );
  await writeFile(join(built.libraries, RUNTIME_LIBRARY), 'says nothing');
  assert.match((await rejection(installCuda(built.options))).message, /but received none/);
  assert.is(fetched() + built.fetched(), 0);
  assert.equal(await files(), ALONE);
});

test('nothing is left of a package that is not the right one', async () => {
  const [cuda] = [CUDA_FILES[1]];
  const short = await tarball('short', { ...CONTENT, [cuda]: 'cuda' });
  const changed = await tarball('changed', { ...CONTENT, [cuda]: 'CUDA'.repeat(1000) });
  const empty = await tarball('empty', {});
  const garbage = join(folder, 'garbage.tgz');
  await writeFile(garbage, 'no package');
  for (const [index, [file, message]] of (
    [
      [short, /Expected 4000 bytes for the size of libonnxruntime_providers_cuda\.so but received 4/],
      [
        changed,
        /Expected [0-9a-f]{64} for the SHA-256 of libonnxruntime_providers_cuda\.so but received [0-9a-f]{64}/,
      ],
      [empty, /unpacking the file of com\.github.* failed: .*providers_shared\.so: Not found/],
      [garbage, /unpacking the file of com\.github.* failed: /],
    ] as const
  ).entries()) {
    const { options, files } = await machine(`wrong ${index}`, file);
    const error = await rejection(installCuda(options));
    assert.is(error.code, 'ERR_CUDA');
    assert.match(error.message, message);
    assert.equal(await files(), ALONE);
  }
});

test('aborting leaves nothing', async () => {
  const { options, files } = await machine('aborted', good);
  const controller = new AbortController();
  const reason = new Error('enough');
  const error = await rejection(
    installCuda({
      ...options,
      signal: controller.signal,
      fetch: async (pack, into) => {
        const file = await options.fetch!(pack, into);
        controller.abort(reason);
        return file;
      },
    }),
  );
  assert.is(error, reason);
  assert.equal(await files(), ALONE);
});

test('npm pack is asked for the exact version, and what it says of a failure is passed on', async () => {
  const bin = join(folder, 'bin');
  await mkdir(bin);
  const path = process.env.PATH;
  const npm = async (script: string) => {
    await writeFile(join(bin, 'npm'), `#!/bin/sh\n${script}\n`);
    await chmod(join(bin, 'npm'), 0o755);
  };
  const into = join(folder, 'packed');
  await mkdir(into);
  process.env.PATH = `${bin}:${path}`;
  try {
    await npm('echo "$@" > "$4/arguments.txt"; echo content > "$4/some.tgz"');
    assert.is(await npmPack(PACK, into), join(into, 'some.tgz'));
    const args = `pack ${PACK.name}@${PACK.version} --pack-destination ${into} --loglevel error\n`;
    assert.is(await readFile(join(into, 'arguments.txt'), 'utf8'), args);
    await npm('echo "npm error code E404" >&2; exit 1');
    assert.match(
      (await rejection(npmPack(PACK, into))).message,
      /npm pack com.*@0\.4\.9 failed: npm error code E404/,
    );
    process.env.PATH = join(folder, 'nowhere');
    assert.match((await rejection(npmPack(PACK, into))).message, /failed: there is no npm/);
  } finally {
    process.env.PATH = path;
  }
});

test('what is pinned fits what is installed here', async () => {
  const runtime = findRuntime();
  assert.ok(runtime);
  assert.is(runtime.version, RUNTIME_VERSION);
  if (runtime.platform === 'linux-x64')
    assert.is(await commitOf(join(runtime.libraries, RUNTIME_LIBRARY)), CUDA_PACKAGE.commit);
});

test('the check tells what is found', async () => {
  if (process.platform !== 'linux') return;
  assert.equal(await notLoaded(['libm.so.6', 'libnothing.so.1', 'libc.so.6']), ['libnothing.so.1']);
  const { libraries } = await machine('checked', good);
  const report = await checkCuda({ version: '1.30.0', platform: 'linux-x64', libraries }, [
    { name: 'libm.so.6', source: 'the C library' },
    { name: 'libnothing.so.1', source: 'nowhere' },
  ]);
  assert.equal(report.runtime, { version: '1.30.0', commit: PACK.commit, libraries, fits: false });
  assert.equal(
    report.libraries.map(({ found }) => found),
    [true, false],
  );
  assert.equal(report.files, { [CUDA_FILES[0]]: 'missing', [CUDA_FILES[1]]: 'missing' });
  assert.is((await checkCuda(undefined, [])).runtime?.version, RUNTIME_VERSION);
});

test.run();

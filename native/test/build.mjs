// Builds native_test for the tests of test/native-builds: `node native/test/build.mjs [BUILD...]`, all when none is named.
// `o3` links what the addon is made of (npm run build), and makes native_bench and the addon with the emulated device, too; the
// others are presets of CMakePresets.json. A compiler that is missing is a note here, and a failure where CI is set.
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const COMPILERS = {
  o3: 'c++',
  o2: 'c++',
  clang: 'clang++',
  neon: 'aarch64-linux-gnu-g++',
  asan: 'c++',
  tsan: 'c++',
};

process.chdir(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

function cmake(...args) {
  const { status, stdout, stderr } = spawnSync('cmake', args, { encoding: 'utf8' });
  if (status === 0) return;
  process.stderr.write(`${stdout}${stderr}\n`);
  process.exit(1);
}

const wanted = process.argv.slice(2);
for (const name of wanted.length > 0 ? wanted : Object.keys(COMPILERS)) {
  const compiler = COMPILERS[name];
  if (!compiler) {
    console.error(`Expected one of ${Object.keys(COMPILERS).join(', ')} for BUILD but received ${name}.`);
    process.exit(1);
  }
  if (spawnSync(compiler, ['--version'], { stdio: 'ignore' }).status !== 0) {
    console.log(`note: ${name} is not built, for want of ${compiler}`);
    if (process.env.CI) process.exit(1);
    continue;
  }
  const started = performance.now();
  const folder = name === 'o3' ? 'build' : `build/test/${name}`;
  if (name !== 'o3') cmake('--preset', name);
  const targets = ['native_test', ...(name === 'o3' ? ['native_bench', 'selfcorrect-emulated'] : [])];
  cmake('--build', folder, '--target', ...targets, '--parallel', String(availableParallelism()));
  console.log(`${folder}/native_test  ${((performance.now() - started) / 1000).toFixed(0)} s`);
}

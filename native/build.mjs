// Builds the addon: `npm install` runs this. It checks the tools first, so that a missing one is a clear message. With
// --optional, as npm install has it, the package goes on without the addon: device 'rapier' stands in for it; and without CUDA
// where that is what does not compile. The environment variables SELFCORRECT_CUDA (auto, on or off) and SELFCORRECT_CUDA_ARCHS
// are those of native/cuda/nvcc.cmake.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const works = (tool, flag = '--version') => spawnSync(tool, [flag], { stdio: 'ignore' }).status === 0;

function giveUp() {
  if (!process.argv.includes('--optional')) process.exit(1);
  console.error(
    'selfcorrect goes on without it: correctBatch() then runs on Rapier, hundreds of times slower.',
  );
  process.exit(0);
}

const missing = [];
if (!works('cmake')) missing.push('CMake >= 3.20');
if (![process.env.CXX, 'c++', 'g++', 'clang++'].some((compiler) => compiler && works(compiler)))
  missing.push('a C++20 compiler (GCC >= 11 or Clang >= 14)');
if (!['make', 'ninja'].some((tool) => works(tool))) missing.push('make or ninja');
if (missing.length > 0) {
  console.error(
    `selfcorrect builds its physics from source and needs ${missing.join(' and ')}.\n` +
      '  Debian, Ubuntu:  apt-get install cmake g++ make\n' +
      '  Fedora:          dnf install cmake gcc-c++ make\n' +
      '  macOS:           xcode-select --install && brew install cmake\n' +
      'Then run the same npm command again.',
  );
  giveUp();
}

const cmakeJs = join(
  dirname(createRequire(import.meta.url).resolve('cmake-js/package.json')),
  'bin',
  'cmake-js',
);
// cmake-js reads the headers of node-api-headers (package.json: binary.napi_versions), so it downloads nothing.
function run(command, settings = {}) {
  // An empty value is none to cmake-js, which then leaves the one before.
  const flags = Object.entries(settings).map(([name, value]) => `--CD${name}=${value}`);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [cmakeJs, command, '--parallel', '2', ...flags],
    { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' },
  );
  return { ok: status === 0, said: `${stdout ?? ''}${stderr ?? ''}` };
}

/** Configures and builds. A folder that was configured for other tools is made anew. */
function build(cuda, why = 'it was turned off (SELFCORRECT_CUDA)') {
  const settings = {
    SELFCORRECT_CUDA: cuda,
    SELFCORRECT_CUDA_ARCHS: process.env.SELFCORRECT_CUDA_ARCHS || 'default',
    SELFCORRECT_CUDA_WHY: why,
  };
  let configured = run('configure', settings);
  if (!configured.ok) {
    run('clean');
    configured = run('configure', settings);
  }
  // Whether nvcc may be what fails.
  const withCuda = cuda !== 'off' && (!configured.ok || /^-- CUDA: on/m.test(configured.said));
  const { ok, said } = configured.ok ? run('build') : configured;
  return { ok: ok && existsSync(join(root, 'build', 'Release', 'selfcorrect.node')), said, withCuda };
}

let built = build(process.env.SELFCORRECT_CUDA || 'auto');
if (!built.ok && built.withCuda) {
  process.stderr.write(`${built.said}\n`);
  if (process.argv.includes('--optional')) {
    console.error(
      'selfcorrect: building with CUDA failed; the output is above. The addon is now built without: device cpu, no device cuda.',
    );
    built = build('off', 'building it failed');
  } else {
    console.error(
      'selfcorrect: building the addon with CUDA failed; the output is above. SELFCORRECT_CUDA=off builds it without.',
    );
    giveUp();
  }
}
if (!built.ok) {
  process.stderr.write(`${built.said}\n`);
  console.error('selfcorrect: building the addon failed; the compiler output is above.');
  giveUp();
}

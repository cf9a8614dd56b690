// Builds the addon: `npm install` runs this. It checks the tools first, so that a missing one is a clear message. With
// --optional, as npm install has it, the package goes on without the addon: device 'rapier' stands in for it.
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
const build = spawnSync(process.execPath, [cmakeJs, 'compile', '--parallel', '2'], {
  cwd: root,
  stdio: ['ignore', 'pipe', 'pipe'],
  encoding: 'utf8',
});
if (build.status !== 0 || !existsSync(join(root, 'build', 'Release', 'selfcorrect.node'))) {
  process.stderr.write(`${build.stdout ?? ''}${build.stderr ?? ''}\n`);
  console.error('selfcorrect: building the addon failed; the compiler output is above.');
  giveUp();
}

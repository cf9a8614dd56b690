/**
 * The native test binary (native/test) of one build, as tests of uvu: each of its tests in a process of its own, and the
 * golden digests once for every instruction set it was compiled for.
 */
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

interface Run {
  /** Which of its tests; all by default. */
  only?: string[];
  /** Less work, for a build or a processor that is slow. */
  small?: boolean;
  /** What runs it, with its arguments. */
  emulator?: string[];
}

/** What AddressSanitizer says, once or from several threads at a time, where there are fibers (native/cuda/fibers.cpp), which tell it of their switches. */
const FIBERS = /^==\d+==WARNING: ASan doesn't fully support makecontext\/swapcontext functions .*\n/gm;

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Why the binary cannot be run as it is, or undefined. */
function obstacle(binary: string, emulator: string[]): string | undefined {
  if (!existsSync(binary)) return `${binary.slice(root.length)} is missing`;
  const built = statSync(binary).mtimeMs;
  const newer = readdirSync(`${root}native`, { recursive: true })
    .map(String)
    .filter((file) => /\.(cpp|h)$/.test(file) && !file.startsWith('binding'))
    .find((file) => statSync(`${root}native/${file}`).mtimeMs > built);
  if (newer) return `${binary.slice(root.length)} is older than native/${newer}`;
  if (emulator.length > 0 && spawnSync(emulator[0], ['--version']).error) return `${emulator[0]} is missing`;
  return undefined;
}

/** Registers and runs the tests of a build of native/test/build.mjs. */
export function runNativeTests(build: string, { only, small = false, emulator = [] }: Run = {}): void {
  const binary = `${root}build/${build === 'o3' ? '' : `test/${build}/`}native_test`;
  const why = obstacle(binary, emulator);
  if (why && process.env.CI) {
    test(`the ${build} build is there`, () => assert.unreachable(why));
  } else if (why) {
    console.log(`note: ${why}; node native/test/build.mjs ${build} builds it`);
    test.skip(build, () => {});
  } else {
    const [file, ...before] = [...emulator, binary];
    const lines = (flag: string) =>
      execFileSync(file, [...before, flag], { encoding: 'utf8' })
        .trim()
        .split('\n');
    const passes = async (name: string, env: Record<string, string> = {}) => {
      const args = [...before, ...(small ? ['--small'] : []), name];
      const { stdout, stderr } = await promisify(execFile)(file, args, {
        env: { ...process.env, ...env },
      }).catch((error) => error);
      assert.is(`${stdout}${stderr.replace(FIBERS, '')}`, `ok ${name}\n`);
    };
    for (const name of lines('--list')) {
      if (only && !only.includes(name)) continue;
      if (name !== 'golden') test(`${build}: ${name}`, () => passes(name));
      else
        for (const isa of lines('--isas'))
          test(`${build}: golden digests on ${isa}`, () => passes(name, { SELFCORRECT_ISA: isa }));
    }
  }
  test.run();
}

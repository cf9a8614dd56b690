/** The programs of this folder in C++, built on demand: native MuJoCo, and the processor's peak. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BODIES } from '../../test/support/humanoid.js';
import { type Engine, kp, mjcf, RATE, SETTLE, TIMED, targets } from './scene.js';

const SOURCES = fileURLToPath(new URL('../../../bench/versus/', import.meta.url));
const PROGRAMS = fileURLToPath(new URL('../../../build/bench/', import.meta.url));

/** Path of the program, or why there is none. */
function compile(name: string, flags: string[]): { path: string } | { problem: string } {
  mkdirSync(PROGRAMS, { recursive: true });
  const path = join(PROGRAMS, name);
  const { status, stderr, error } = spawnSync(
    process.env.CXX ?? 'c++',
    ['-O3', '-march=native', '-std=c++20', join(SOURCES, `${name}.cpp`), '-o', path, ...flags],
    { encoding: 'utf8' },
  );
  if (status === 0) return { path };
  return { problem: (error?.message ?? stderr).split('\n').find((line) => /error|ENOENT/.test(line)) ?? '?' };
}

function run(path: string, values: string[]): string[] {
  const { status, stdout, stderr } = spawnSync(path, values, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`Expected ${path} to run but it ended with: ${stderr.trim()}`);
  return stdout.trim().split(' ');
}

/** Measures the peak of one core's fused multiply-adds, float operations a second; NaN without a compiler. */
export function peakMeter(): () => number {
  const built = compile('peak', []);
  return () => ('path' in built ? 1e9 * Number(run(built.path, [])[0]) : Number.NaN);
}

/** Native MuJoCo, or one line that says why not. */
export function nativeMujoco(): Engine | string {
  const built = compile('mujoco', ['-lmujoco']);
  if ('problem' in built)
    return `native MuJoCo left out (apt-get install libmujoco-dev on Debian 12): ${built.problem}`;
  const folder = mkdtempSync(join(tmpdir(), 'versus-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const file = (name: string) => join(folder, name);
  writeFileSync(file('model.xml'), mjcf());
  writeFileSync(
    file('kp'),
    Float64Array.from({ length: BODIES }, (_, b) => kp(b)),
  );
  const engine: Engine = {
    name: 'MuJoCo',
    run: (round) => {
      writeFileSync(file('targets'), targets(round, SETTLE + TIMED));
      const values = ['model.xml', 'targets', 'kp'].map(file);
      const [rate, height, error, version] = run(built.path, [...values, String(SETTLE * RATE)]);
      engine.name = `MuJoCo ${version} native`;
      return { rate: Number(rate), height: Number(height), error: Number(error) };
    },
  };
  return engine;
}

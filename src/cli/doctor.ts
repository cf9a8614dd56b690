import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { correctBatch } from '../correct/correct.js';
import { native } from '../correct/native.js';
import type { Command } from './command.js';

const version = (path: string): string =>
  (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;

/** A standing figure of 2 s, to see that the corrector really runs. */
function standing(): Float32Array {
  const pose = [
    [0, 0.93, 0],
    [0.06, 0.85, -0.01],
    [-0.06, 0.85, -0.01],
    [0, 1.06, -0.01],
    [0.08, 0.46, 0],
    [-0.08, 0.46, 0],
    [0, 1.2, -0.02],
    [0.09, 0.04, -0.03],
    [-0.09, 0.04, -0.03],
    [0, 1.26, -0.01],
    [0.11, 0.0, 0.1],
    [-0.11, 0.0, 0.1],
    [0, 1.47, -0.03],
    [0.08, 1.37, -0.04],
    [-0.08, 1.37, -0.04],
    [0, 1.56, 0.02],
    [0.2, 1.41, -0.05],
    [-0.2, 1.41, -0.05],
    [0.21, 1.15, -0.04],
    [-0.21, 1.15, -0.04],
    [0.22, 0.88, 0],
    [-0.22, 0.88, 0],
  ].flat();
  return Float32Array.from({ length: 40 * 66 }, (_, i) => pose[i % 66]);
}

async function check(name: string, probe: () => string | Promise<string>): Promise<boolean> {
  try {
    console.log(`✓ ${name.padEnd(14)} ${await probe()}`);
    return true;
  } catch (error) {
    console.log(`✗ ${name.padEnd(14)} ${(error as Error).message}`);
    return false;
  }
}

export const doctor: Command = {
  summary: 'say what this machine offers and whether everything works',
  usage: 'selfcorrect doctor',
  flags: {},
  async run() {
    const root = new URL('../../../', import.meta.url);
    const resolve = createRequire(import.meta.url).resolve;
    const results = [
      await check('selfcorrect', () => version(new URL('package.json', root).pathname)),
      await check('node', () => `${process.version} on ${process.platform}-${process.arch}`),
      await check('processor', () => `${cpus()[0]?.model ?? 'unknown'}, ${availableParallelism()} threads`),
      await check('memory', () => `${(totalmem() / 2 ** 30).toFixed(1)} GiB`),
      await check('addon', () => {
        const { lanes, compiler } = native().info();
        return `${lanes} motions side by side per core, built by GCC or Clang ${compiler}`;
      }),
      await check('corrector', async () => {
        const started = performance.now();
        const { reports } = await correctBatch(Array.from({ length: 16 }, () => ({ joints: standing() })));
        if (reports[0].status !== 'ok')
          throw new Error(`a standing figure came back as ${reports[0].status}: ${reports[0].reason}`);
        return `16 standing figures of 2 s corrected in ${(performance.now() - started).toFixed(0)} ms`;
      }),
      await check('onnxruntime', () => {
        const entry = resolve('onnxruntime-node');
        return `${version(`${entry.slice(0, entry.lastIndexOf('onnxruntime-node'))}onnxruntime-node/package.json`)}, CPU`;
      }),
    ];
    return results.every(Boolean) ? 0 : 1;
  },
};

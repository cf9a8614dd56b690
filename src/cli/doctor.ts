import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { correctBatch } from '../correct/correct.js';
import { cudaFrom, cudaState, SLOWER, takeDevice } from '../correct/device.js';
import { type CudaState, native } from '../correct/native.js';
import { proceduralMotions } from '../data/procedural/index.js';
import { OrtClient } from '../generator/runtime/ort-client.js';
import { findRuntime } from '../generator/runtime/providers.js';
import { frameCount } from '../motion/motion.js';
import type { Command } from './command.js';

const version = (path: string): string =>
  (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;

async function check(name: string, probe: () => string | Promise<string>): Promise<boolean> {
  try {
    console.log(`✓ ${name.padEnd(14)} ${await probe()}`);
    return true;
  } catch (error) {
    console.log(`✗ ${name.padEnd(14)} ${(error as Error).message}`);
    return false;
  }
}

const gib = (bytes = 0): string => (bytes / 2 ** 30).toFixed(1);

/** A machine without a GPU is as good as any other, so that none is no failure. */
function gpu(state: CudaState): string {
  if (!state.available) return `none: ${state.reason}`;
  const { name, capability, driver, runtime, memoryFree, memoryTotal } = state;
  return (
    `${name}, compute capability ${capability}, ${gib(memoryFree)} of ${gib(memoryTotal)} GiB free, driver for CUDA ${driver}, ` +
    `built with CUDA ${runtime}`
  );
}

export const doctor: Command = {
  summary: 'say what this machine offers and whether everything works',
  usage: 'selfcorrect doctor',
  flags: {},
  async run() {
    const root = new URL('../../../', import.meta.url);
    const results = [
      await check('selfcorrect', () => version(new URL('package.json', root).pathname)),
      await check('node', () => `${process.version} on ${process.platform}-${process.arch}`),
      await check('processor', () => `${cpus()[0]?.model ?? 'unknown'}, ${availableParallelism()} threads`),
      await check('memory', () => `${(totalmem() / 2 ** 30).toFixed(1)} GiB`),
      await check('addon', () => {
        const { isa, isas, lanes, compiler } = native().info();
        return `${isa} (of ${isas.join(', ')}): ${lanes} motions side by side per core, built by GCC or Clang ${compiler}`;
      }),
      await check('gpu', () => gpu(cudaState())),
      await check('device', () => {
        if (takeDevice('auto', 0, 1).device === 'rapier')
          return `auto takes rapier, which is about ${SLOWER} times slower than the addon`;
        const from = cudaFrom(availableParallelism());
        return cudaState().available
          ? `auto takes cpu, the addon; cuda for batches of ${from} motions and more`
          : 'auto takes cpu, the addon';
      }),
      await check('corrector', async () => {
        const motions = proceduralMotions({ count: takeDevice('auto', 0, 1).device === 'cpu' ? 26 : 2 });
        const started = performance.now();
        const { reports } = await correctBatch(motions);
        const seconds = (performance.now() - started) / 1000;
        const tracked = reports.filter(({ status }) => status === 'ok' || status === 'assisted').length;
        if (tracked < 0.9 * motions.length)
          throw new Error(`only ${tracked} of ${motions.length} built-in motions were tracked`);
        const length = motions.reduce((sum, { joints }) => sum + frameCount({ joints }) / 20, 0);
        return `${length.toFixed(0)} s of motion corrected in ${(1000 * seconds).toFixed(0)} ms`;
      }),
      await check('onnxruntime', async () => {
        const client = await OrtClient.start({ provider: 'auto' });
        await client.close();
        const { name, reason } = client.provider;
        const providers = name === 'cuda' ? 'auto takes cuda; cpu is there too' : `auto takes cpu: ${reason}`;
        return `${findRuntime()?.version}; ${providers}`;
      }),
    ];
    return results.every(Boolean) ? 0 : 1;
  },
};

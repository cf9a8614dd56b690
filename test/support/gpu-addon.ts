/** The addon, with a GPU that is made up: what JavaScript does with one is tested without. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CudaState } from '../../src/correct/native.js';

const ADDON = fileURLToPath(new URL('../../../build/Release/selfcorrect.node', import.meta.url));

export const GPU: CudaState = {
  available: true,
  name: 'Made Up 9000',
  capability: '9.0',
  driver: '13.0',
  runtime: '12.8',
  memoryTotal: 8 * 2 ** 30,
  memoryFree: 6.5 * 2 ** 30,
};

/**
 * Writes a module that stands in for the addon, and gives its path. What is to run on its GPU runs on the processor, or fails with
 * `failure` at the last motion. In `globalThis.gpu` of the process that loads it: how often it was asked for its GPU, and the devices
 * that batches were for.
 */
export function gpuAddon(state: CudaState | undefined, failure?: { code: string; message: string }): string {
  const path = join(mkdtempSync(join(tmpdir(), 'selfcorrect-gpu-')), 'addon.cjs');
  writeFileSync(
    path,
    `const addon = require(${JSON.stringify(ADDON)});
    const state = ${JSON.stringify(state)};
    const failure = ${JSON.stringify(failure)};
    const seen = (globalThis.gpu = { asked: 0, devices: [] });
    module.exports = {
      ...addon,
      cuda: state && (() => { seen.asked++; return state; }),
      correctBatch(arrays, options, progress) {
        seen.devices.push(options.device);
        const fails = options.device === 'cuda' && failure;
        const job = addon.correctBatch(arrays, { ...options, device: 'cpu' }, fails ? () => {} : progress);
        if (!fails) return job;
        const fail = () => {
          progress?.(arrays.lengths.length - 1);
          throw Object.assign(new Error(failure.message), { code: failure.code });
        };
        return { cancel: job.cancel, promise: job.promise.then(fail) };
      },
    };`,
  );
  return path;
}

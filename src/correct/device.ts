import { CorrectorError } from './errors.js';
import type { Job, JobArrays } from './job.js';
import { type NativeOptions, native } from './native.js';
import { correctOnRapier } from './rapier/engine.js';

/** What simulates: the addon (`cpu`), Rapier in WebAssembly, or the first of them that is there. */
export type Device = 'auto' | 'cpu' | 'rapier';

export const DEVICES: readonly Device[] = ['auto', 'cpu', 'rapier'];

/** How much longer Rapier takes than the addon, processor time of the same motions: `npm run bench -- rapier`. */
export const SLOWER = 500;

let warned = false;

/**
 * The device that `device` takes here, and why there is no addon where it would have been taken.
 * @throws {CorrectorError} `ERR_NATIVE_LOAD` for `cpu` without the addon.
 */
export function takeDevice(device: Device): { device: 'cpu' | 'rapier'; missing?: string } {
  if (device === 'rapier') return { device };
  try {
    native();
    return { device: 'cpu' };
  } catch (error) {
    if (device === 'cpu') throw error;
    return { device: 'rapier', missing: (error as Error).message };
  }
}

/**
 * Starts a job on Rapier. The first that stands in for a missing addon says so, as a process warning.
 * @param missing why there is no addon, when Rapier was not asked for.
 * @throws {CorrectorError} `ERR_RANGE` for sampling, which Rapier is too slow for, and for cleaning without a simulation.
 */
export function startRapier(
  arrays: JobArrays,
  options: NativeOptions,
  onProgress?: (done: number) => void,
  missing?: string,
): Job {
  if (missing !== undefined && !warned) {
    warned = true;
    process.emitWarning(
      `${missing} Until then correctBatch() runs on Rapier in WebAssembly, about ${SLOWER} times slower, with a simpler cleaning ` +
        'of the motion and more outside help.',
      { code: 'SELFCORRECT_NO_ADDON' },
    );
  }
  if (options.samples > 0)
    throw new CorrectorError(
      'ERR_RANGE',
      `Expected no sampling on device 'rapier' but received ${options.samples} samples`,
    );
  if (!options.simulate)
    throw new CorrectorError('ERR_RANGE', "Expected true for simulate on device 'rapier' but received false");
  return correctOnRapier(arrays, options, onProgress, missing);
}

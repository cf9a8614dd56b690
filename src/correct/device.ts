import { CorrectorError } from './errors.js';
import type { Job, JobArrays } from './job.js';
import { type CudaState, type NativeOptions, native } from './native.js';
import { correctOnRapier } from './rapier/engine.js';

/** What simulates: the addon on the processor (`cpu`) or on an NVIDIA GPU (`cuda`), Rapier in WebAssembly, or what is soonest done. */
export type Device = 'auto' | 'cpu' | 'cuda' | 'rapier';

/** What simulated. */
export type RunDevice = Exclude<Device, 'auto'>;

export const DEVICES: readonly Device[] = ['auto', 'cpu', 'cuda', 'rapier'];

/**
 * Motions of a batch, for each thread that the processor would have, from which `auto` takes the GPU. Not measured yet: it is the bar
 * that the crossover has to pass (300 motions against two cores), and `npm run bench -- cuda` measures it. The environment variable
 * SELFCORRECT_CUDA_FROM sets the motions of a batch instead, whatever the threads: 0 for every batch, Infinity for none.
 */
export const CUDA_FROM = 150;

/** How much longer Rapier takes than the addon, processor time of the same motions: `npm run bench -- rapier`. */
export const SLOWER = 500;

const warned = new Set<string>();

/** The GPU, or why there is none that the addon can use. */
export const cudaState = (): CudaState =>
  native().cuda?.() ?? { available: false, reason: 'This addon is older than its CUDA.' };

/**
 * Motions from which `auto` takes the GPU instead of so many threads.
 * @throws {CorrectorError} `ERR_RANGE` for a SELFCORRECT_CUDA_FROM that is no number of motions.
 */
export function cudaFrom(threads: number): number {
  const text = process.env.SELFCORRECT_CUDA_FROM ?? '';
  if (text.trim() === '') return CUDA_FROM * threads;
  const motions = Number(text);
  if (!(motions >= 0))
    throw new CorrectorError(
      'ERR_RANGE',
      `Expected a number of motions, 0 or more, for SELFCORRECT_CUDA_FROM but received ${text}`,
    );
  return motions;
}

/**
 * The device that `device` takes here for a batch of so many motions, and why there is no addon where it would have been taken.
 * @throws {CorrectorError} `ERR_NATIVE_LOAD` for `cpu` and `cuda` without the addon, `ERR_CUDA` for `cuda` without a GPU.
 */
export function takeDevice(
  device: Device,
  motions: number,
  threads: number,
): { device: RunDevice; missing?: string } {
  if (device === 'rapier') return { device };
  try {
    native();
  } catch (error) {
    if (device !== 'auto') throw error;
    return { device: 'rapier', missing: (error as Error).message };
  }
  if (device === 'cuda') {
    const { available, reason } = cudaState();
    if (available) return { device };
    throw new CorrectorError(
      'ERR_CUDA',
      `Expected an NVIDIA GPU for device 'cuda' but received none: ${reason ?? 'the addon says no more'}`,
    );
  }
  // A small batch does not wait for the driver to be found.
  const large = device === 'auto' && motions > 0 && motions >= cudaFrom(threads);
  return { device: large && cudaState().available ? 'cuda' : 'cpu' };
}

/** A process warning, the first time of its code. */
function warnOnce(code: string, message: string): void {
  if (warned.has(code)) return;
  warned.add(code);
  process.emitWarning(message, { code });
}

/** Says that the GPU that `auto` took failed, and that the batch runs on the processor. */
export function warnOfCuda({ message }: Error): void {
  warnOnce(
    'SELFCORRECT_CUDA_FAILED',
    `The GPU failed, and the batch is corrected on the processor instead: ${message}`,
  );
}

/**
 * Starts a job on Rapier. The first that stands in for a missing addon says so, as a process warning.
 * @param missing why there is no addon, when Rapier was not asked for.
 * @throws {CorrectorError} `ERR_RANGE` for sampling, which Rapier is too slow for.
 */
export function startRapier(
  arrays: JobArrays,
  options: NativeOptions,
  onProgress?: (done: number) => void,
  missing?: string,
): Job {
  if (missing !== undefined)
    warnOnce(
      'SELFCORRECT_NO_ADDON',
      `${missing} Until then correctBatch() runs on Rapier in WebAssembly, about ${SLOWER} times slower, with a simpler cleaning ` +
        'of the motion and more outside help.',
    );
  if (options.samples > 0)
    throw new CorrectorError(
      'ERR_RANGE',
      `Expected no sampling on device 'rapier' but received ${options.samples} samples`,
    );
  return correctOnRapier(arrays, options, onProgress, missing);
}

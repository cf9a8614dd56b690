import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CorrectorError } from './errors.js';
import type { Job, JobArrays } from './job.js';
import type { ResolvedSampling } from './sampling.js';

export interface NativeOptions extends ResolvedSampling {
  fps: number;
  preset: 0 | 1;
  keepPath: boolean;
  rate: number;
  force: number;
  torque: number;
  threads: number;
  /** Of sampling. */
  seed: number;
}

/** The GPU as the addon sees it; `reason` says why there is none. Versions are CUDA's, memory is in bytes. */
export interface CudaState {
  available: boolean;
  reason?: string;
  name?: string;
  /** Compute capability, as `9.0`. */
  capability?: string;
  driver?: string;
  runtime?: string;
  memoryTotal?: number;
  memoryFree?: number;
}

/** The addon's functions. Arguments are checked by `correctBatch()`, not here. */
export interface Native {
  /** `isa`: instruction set in use; `isas`: those of this processor, widest first. Throws where none can be chosen. */
  info(): { isa: string; isas: string[]; lanes: number; threads: number; compiler: string };
  /** Looks for a GPU; the first call may take a second where there is one. Missing in addons older than it. */
  cuda?(): CudaState;
  /** Names of the numbers per motion in the table of reports: `REPORT_COLUMNS`. */
  reportColumns: string[];
  /** Nothing may detach or shrink the arrays before the promise settles. */
  correctBatch(
    arrays: JobArrays,
    options: NativeOptions & { device: 'cpu' | 'cuda' },
    onProgress?: (done: number) => void,
  ): Job;
}

let loaded: Native | undefined;

/**
 * Loads the addon once, from the package or from where the environment variable SELFCORRECT_ADDON says. Throws
 * `ERR_NATIVE_LOAD` with the path tried and what to do.
 */
export function native(): Native {
  if (loaded) return loaded;
  const path = resolve(
    process.env.SELFCORRECT_ADDON ??
      fileURLToPath(new URL('../../../build/Release/selfcorrect.node', import.meta.url)),
  );
  try {
    loaded = createRequire(import.meta.url)(path) as Native;
    return loaded;
  } catch (cause) {
    throw new CorrectorError(
      'ERR_NATIVE_LOAD',
      `The physics addon could not be loaded from ${path}: ${(cause as Error).message.split('\n')[0]}. ` +
        'Build it with "npm run build" in the package folder (needs CMake and a C++20 compiler).',
      { cause },
    );
  }
}

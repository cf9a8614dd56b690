/** Says what this machine has of all that the CUDA provider needs. Changes nothing. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CUDA_LIBRARIES, CUDA_PACKAGE, type CudaLibrary } from './cuda-package.js';
import { commitOf, cudaFiles, type FileState } from './cuda-setup.js';
import { CUDA_PLATFORM, findRuntime, RUNTIME_LIBRARY, type RuntimePackage } from './providers.js';

export interface CudaReport {
  platform: { name: string; fits: boolean };
  /** The installed onnxruntime-node; undefined if there is none. */
  runtime?: { version: string; commit?: string; libraries: string; fits: boolean };
  files: Record<string, FileState>;
  /** Version of the NVIDIA driver; undefined if none is loaded. */
  driver?: string;
  libraries: (CudaLibrary & { found: boolean })[];
}

/** Run in a process of its own: what loads runs code of its own, and stays. */
const TRY_TO_LOAD = `
const missing = process.argv.slice(1).filter((name) => {
  try {
    process.dlopen({ exports: {} }, name);
  } catch (error) {
    return !error.message.includes('did not self-register'); // it loads; that it is no addon is known
  }
});
process.stdout.write(JSON.stringify(missing));`;

/** Names of the libraries that the dynamic linker does not find or cannot load. */
export async function notLoaded(names: readonly string[]): Promise<string[]> {
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', TRY_TO_LOAD, '--', ...names]);
  return JSON.parse(stdout) as string[];
}

async function driverVersion(): Promise<string | undefined> {
  const text = await readFile('/proc/driver/nvidia/version', 'utf8').catch(() => '');
  return text.match(/Kernel Module.*?\s(\d+\.\d+[\d.]*)\s/)?.[1];
}

export async function checkCuda(
  runtime: RuntimePackage | undefined = findRuntime(),
  libraries: readonly CudaLibrary[] = CUDA_LIBRARIES,
): Promise<CudaReport> {
  const platform = `${process.platform}-${process.arch}`;
  const missing = await notLoaded(libraries.map(({ name }) => name));
  const library = runtime && join(runtime.libraries, RUNTIME_LIBRARY);
  const commit = library && existsSync(library) ? await commitOf(library) : undefined;
  return {
    platform: { name: platform, fits: platform === CUDA_PLATFORM },
    runtime: runtime && {
      version: runtime.version,
      commit,
      libraries: runtime.libraries,
      fits: runtime.version === CUDA_PACKAGE.runtimeVersion && commit === CUDA_PACKAGE.commit,
    },
    files: runtime ? await cudaFiles(runtime.libraries) : {},
    driver: await driverVersion(),
    libraries: libraries.map((entry) => ({ ...entry, found: !missing.includes(entry.name) })),
  };
}

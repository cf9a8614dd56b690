/** What runs the graphs: the processor, or an NVIDIA GPU by onnxruntime's CUDA provider, if that is installed. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Graph, matmul } from '../../graph/index.js';
import { expectArgument, GeneratorError } from '../errors.js';

/** `auto` takes CUDA where it works and the processor elsewhere; `cuda` fails where CUDA does not work. */
export type ProviderChoice = 'auto' | 'cpu' | 'cuda';
export const PROVIDER_CHOICES: readonly ProviderChoice[] = ['auto', 'cpu', 'cuda'];

/** What runs, and in one line why that. */
export interface Provider {
  name: 'cpu' | 'cuda';
  reason: string;
}

/** What the thread does at its start. */
export interface ProviderPlan {
  choice: ProviderChoice;
  /** What to try CUDA with: a small model of one input `x`, float32 [2, 2]; undefined: take the processor. */
  probe?: Uint8Array;
  /** Paths of the provider's files, to find out why they do not load. */
  files: string[];
  /** Why the processor runs, if there is nothing to try. */
  reason: string;
}

/** Files that make the CUDA provider, both beside onnxruntime's own library. */
export const CUDA_FILES = ['libonnxruntime_providers_shared.so', 'libonnxruntime_providers_cuda.so'] as const;
/** onnxruntime's own library. */
export const RUNTIME_LIBRARY = 'libonnxruntime.so.1';
/** The version of onnxruntime-node that this package is written for. */
export const RUNTIME_VERSION = '1.29.0';
/** The only platform, in Node's names, that onnxruntime-node has a CUDA provider for. */
export const CUDA_PLATFORM = 'linux-x64';
export const SETUP_COMMAND = 'npx selfcorrect setup-cuda';

export interface RuntimePackage {
  version: string;
  /** In Node's names, e.g. `linux-x64`. */
  platform: string;
  /** Folder with the libraries of this platform. */
  libraries: string;
}

export function runtimeMissing(cause: string): GeneratorError {
  return new GeneratorError(
    'ERR_RUNTIME_MISSING',
    `Training and sampling need the package onnxruntime-node ${RUNTIME_VERSION}. Install it with ` +
      `\`npm install onnxruntime-node@${RUNTIME_VERSION}\`; without a network for its install script add ` +
      `"allowScripts": {"onnxruntime-node": false} to package.json first. Loading it failed: ${cause}`,
  );
}

/** The installed onnxruntime-node, found without loading it; undefined if there is none. */
export function findRuntime(): RuntimePackage | undefined {
  const { platform, arch } = process;
  try {
    const file = createRequire(import.meta.url).resolve('onnxruntime-node/package.json');
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
    const libraries = join(dirname(file), 'bin', 'napi-v6', platform, arch);
    return { version, platform: `${platform}-${arch}`, libraries };
  } catch {
    return undefined;
  }
}

/** Names of the CUDA provider's files that are not in the folder. */
export const missingCudaFiles = (libraries: string): string[] =>
  CUDA_FILES.filter((file) => !existsSync(join(libraries, file)));

/** x · x: a product, so that the library for products loads too. */
function probeModel(): Uint8Array {
  const graph = new Graph();
  const x = graph.input('float32', [2, 2], 'x');
  graph.output(matmul(x, x), 'y');
  return graph.toModel();
}

/**
 * Decides what to try, by a look at files alone.
 * @throws GeneratorError ERR_ARGUMENT; ERR_CUDA if `cuda` is asked for and its files are not installed
 */
export function planProvider(choice: ProviderChoice, runtime = findRuntime()): ProviderPlan {
  expectArgument(
    PROVIDER_CHOICES.includes(choice),
    'provider',
    `one of ${PROVIDER_CHOICES.join(', ')}`,
    choice,
  );
  // Without a runtime its thread will say so; there is nothing to choose.
  if (choice === 'cpu' || !runtime) return { choice, files: [], reason: 'cpu was asked for' };
  const { libraries, platform } = runtime;
  const missing = missingCudaFiles(libraries);
  if (missing.length === 0) {
    const files = CUDA_FILES.map((file) => join(libraries, file));
    return { choice, probe: probeModel(), files, reason: '' };
  }
  if (platform !== CUDA_PLATFORM) {
    if (choice === 'auto')
      return { choice, files: [], reason: `CUDA needs ${CUDA_PLATFORM}, this is ${platform}` };
    throw new GeneratorError(
      'ERR_CUDA',
      `Expected ${CUDA_PLATFORM} for the platform of provider cuda but received ${platform}`,
    );
  }
  if (choice === 'auto')
    return {
      choice,
      files: [],
      reason: `no CUDA provider library beside onnxruntime: run ${SETUP_COMMAND}`,
    };
  throw new GeneratorError(
    'ERR_CUDA',
    `Expected ${missing.join(' and ')} in ${libraries} for provider cuda but received none: ` +
      `${SETUP_COMMAND} installs what is missing`,
  );
}

/**
 * The linker's own words why the first of these libraries does not load; undefined if all do. Node loads any library as if
 * it were an addon, and says of one that loads only that it is none.
 */
export function whyNotLoaded(libraries: readonly string[]): string | undefined {
  for (const library of libraries)
    try {
      process.dlopen({ exports: {} }, library);
    } catch (error) {
      const { message } = error as Error;
      if (!message.includes('did not self-register')) return message.trim();
    }
  return undefined;
}

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
  /** A small model, input `x` float32 [2, 2], to try CUDA with; undefined: take the processor. */
  probe?: Uint8Array;
  /** Why the processor runs, if there is nothing to try. */
  reason: string;
}

/** Files that make the CUDA provider, both beside onnxruntime's own library. */
export const CUDA_FILES = ['libonnxruntime_providers_shared.so', 'libonnxruntime_providers_cuda.so'] as const;
export const RUNTIME_LIBRARY = 'libonnxruntime.so.1';
export const SETUP_COMMAND = 'npx selfcorrect setup-cuda';

export interface RuntimePackage {
  version: string;
  /** Folder with the libraries of this platform. */
  libraries: string;
}

/** The installed onnxruntime-node, found without loading it; undefined if there is none. */
export function findRuntime(
  from: string = import.meta.url,
  platform = process.platform,
  arch = process.arch,
): RuntimePackage | undefined {
  try {
    const file = createRequire(from).resolve('onnxruntime-node/package.json');
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
    return { version, libraries: join(dirname(file), 'bin', 'napi-v6', platform, arch) };
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
  if (choice === 'cpu' || !runtime) return { choice, reason: 'cpu was asked for' };
  const missing = missingCudaFiles(runtime.libraries);
  if (missing.length === 0) return { choice, probe: probeModel(), reason: '' };
  if (choice === 'cuda')
    throw new GeneratorError(
      'ERR_CUDA',
      `Expected ${missing.join(' and ')} beside onnxruntime's library for provider cuda but received none: ` +
        `${SETUP_COMMAND} installs what is missing (looked in ${runtime.libraries})`,
    );
  return {
    choice,
    reason: `no CUDA provider library beside onnxruntime: run ${SETUP_COMMAND}`,
  };
}

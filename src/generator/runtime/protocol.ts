/**
 * Messages between a generator and its onnxruntime thread. Tensors that outlive a run (parameters, optimiser state, data)
 * are resident: they stay in the thread under a name, and runs read and replace them there.
 */
import type { DType, Shape, TensorData } from '../../graph/index.js';
import type { Provider, ProviderPlan } from './providers.js';

/** The array that holds elements of each type; booleans are one byte each. */
export const ARRAYS = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
} as const satisfies Record<DType, unknown>;
export type ArrayOf<D extends DType> = InstanceType<(typeof ARRAYS)[D]>;

/** The element type that an array holds. */
export const dtypeOf = (data: TensorData): DType =>
  (Object.keys(ARRAYS) as DType[]).find((dtype) => data instanceof ARRAYS[dtype])!;

export interface HostTensor {
  dtype: DType;
  shape: Shape;
  data: TensorData;
}

/** Bytes of an ONNX model, or the path of its file. */
export type Model = Uint8Array | string;

/**
 * A model that the thread builds itself, so that building it holds up nobody: the exported function `name` of a module
 * returns it. The arguments are cloned.
 */
export interface Recipe {
  /** URL of the module, such as `import.meta.url`. */
  module: string;
  name: string;
  args: readonly unknown[];
}

/** One input or output of a session. Types and sizes are those of the model file: an axis without a size has its name. */
export interface ValueInfo {
  name: string;
  /** ONNX's name of the element type, e.g. `float32`; a user's model may have types that no `HostTensor` has. */
  dtype: string;
  shape: readonly (number | string)[];
}

export interface SessionInfo {
  inputs: readonly ValueInfo[];
  outputs: readonly ValueInfo[];
}

export interface RunRequest {
  session: string;
  /** For each graph input: values, or the name of a resident tensor. */
  feeds: Record<string, HostTensor | string>;
  /** Graph outputs that become, or replace, the resident tensor of the given name. */
  keep: Record<string, string>;
  /** Graph outputs to send back. */
  fetch: readonly string[];
  /**
   * Float outputs that must be finite: otherwise the run changes no resident tensor, and neither do later runs of the same
   * `chain`, which are answered without being run.
   */
  guard?: { outputs: readonly string[]; chain: number };
  /** Send the arrays of the feeds back when the run is done, to be filled again. */
  returnFeeds?: boolean;
}

export type Request =
  | { kind: 'open'; session: string; model: Model | Recipe }
  | { kind: 'release'; session: string }
  | { kind: 'allocate'; name: string; dtype: DType; shape: Shape }
  | { kind: 'write'; name: string; offset: number; data: TensorData }
  | { kind: 'read'; name: string; dtype: DType }
  | { kind: 'free'; names: readonly string[] }
  | ({ kind: 'run' } & RunRequest)
  | { kind: 'close' };

/** What the thread is sent: a request, or the wish that one not yet begun be dropped. */
export type Message = { id: number; request: Request } | { drop: number };

export interface Reply {
  id: number;
  tensors?: Record<string, HostTensor>;
  /** The feeds of a run that returns them. */
  feeds?: Record<string, HostTensor>;
  /** Of an opened session. */
  info?: SessionInfo;
  /** What runs the sessions; said once, at the start. */
  provider?: Provider;
  /** The request was dropped before it began. */
  dropped?: boolean;
  error?: { kind: 'missing' | 'cuda' | 'runtime'; message: string; stack?: string };
}

/** First message of the thread: what `Reply` with id 0 answers is its start. */
export const START = 0;

export interface WorkerOptions {
  threads: number;
  plan: ProviderPlan;
  flags: SharedArrayBuffer;
}

/** Index of the flags: the thread is inside native code; the process is about to exit. */
export const BUSY = 0;
export const STOP = 1;

export const int64 = (data: BigInt64Array, shape: Shape): HostTensor => ({ dtype: 'int64', shape, data });
export const uint64 = (data: readonly bigint[], shape: Shape): HostTensor => ({
  dtype: 'uint64',
  shape,
  data: BigUint64Array.from(data),
});
export const float32 = (data: readonly number[], shape: Shape): HostTensor => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from(data),
});

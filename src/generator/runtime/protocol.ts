/**
 * Messages between a generator and its onnxruntime thread. Tensors that outlive a run (parameters, optimiser state, data)
 * are resident: they stay in the thread under a name, and runs read and replace them there.
 */
import type { DType, Shape, TensorData } from '../../graph/index.js';

export interface HostTensor {
  dtype: DType;
  shape: Shape;
  data: TensorData;
}

export interface RunRequest {
  session: string;
  /** For each graph input: values, or the name of a resident tensor. */
  feeds: Record<string, HostTensor | string>;
  /** Graph outputs that become, or replace, the resident tensor of the given name. */
  keep: Record<string, string>;
  /** Graph outputs to send back. */
  fetch: readonly string[];
}

export type Request =
  | { kind: 'open'; session: string; model: Uint8Array }
  | { kind: 'allocate'; name: string; dtype: 'float32'; shape: Shape }
  | { kind: 'write'; name: string; offset: number; data: Float32Array }
  | { kind: 'read'; name: string }
  | { kind: 'free'; names: readonly string[] }
  | ({ kind: 'run' } & RunRequest)
  | { kind: 'close' };

export interface Reply {
  id: number;
  tensors?: Record<string, HostTensor>;
  error?: { message: string; stack?: string; missing: boolean };
}

/** First message of the thread: what `Reply` with id 0 answers is its start. */
export const START = 0;

export interface WorkerOptions {
  threads: number;
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

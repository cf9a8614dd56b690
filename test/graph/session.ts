// Runs a graph in this very thread, for tests of the graph alone.
import * as ort from 'onnxruntime-node';
import type { Graph } from '../../src/graph/index.js';

export interface Runner {
  (feeds: Record<string, ort.Tensor>): Promise<Record<string, ort.Tensor>>;
  close(): Promise<void>;
}

export async function open(graph: Graph): Promise<Runner> {
  const session = await ort.InferenceSession.create(graph.toModel(), {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const run = async (feeds: Record<string, ort.Tensor>) =>
    (await session.run(feeds)) as Record<string, ort.Tensor>;
  return Object.assign(run, { close: () => session.release() });
}

/** Builds, runs once, closes. */
export async function evaluate(
  graph: Graph,
  feeds: Record<string, ort.Tensor> = {},
): Promise<Record<string, ort.Tensor>> {
  const run = await open(graph);
  const result = await run(feeds);
  await run.close();
  return result;
}

export const floats = (data: ArrayLike<number>, shape: readonly number[]): ort.Tensor =>
  new ort.Tensor('float32', Float32Array.from(data), shape);
export const integers = (data: readonly number[], shape: readonly number[]): ort.Tensor =>
  new ort.Tensor('int64', BigInt64Array.from(data, BigInt), shape);
export const words = (data: readonly bigint[], shape: readonly number[]): ort.Tensor =>
  new ort.Tensor('uint64', BigUint64Array.from(data), shape);

// Small graphs for tests of the onnxruntime thread.
import { add, cast, Graph, matmul, scale } from '../../../src/graph/index.js';

/** y = x + x, float32 [2]. */
export function double(): Uint8Array {
  const graph = new Graph();
  const x = graph.input('float32', [2], 'x');
  graph.output(add(x, x), 'y');
  return graph.toModel();
}

/** next = x · x / n for a matrix: no element of the result can be written before a whole row and column are read. */
export function squareMatrix(n: number): Uint8Array {
  const graph = new Graph();
  const x = graph.input('float32', [n, n], 'x');
  graph.output(scale(matmul(x, x), 1 / n), 'next');
  return graph.toModel();
}

/** next = x multiplied `count` times by the constant matrix of ones, scaled to stay what it is: a run that takes long. */
export function slowSum(n: number, count: number): Uint8Array {
  const graph = new Graph();
  const x = graph.input('float32', [n, n], 'x');
  const mean = graph.constant('float32', [n, n], new Float32Array(n * n).fill(1 / n));
  let y = x;
  for (let i = 0; i < count; i++) y = matmul(y, mean);
  graph.output(add(y, graph.constant('float32', [], Float32Array.of(1))), 'next');
  return graph.toModel();
}

/** One output for each element type but bool and uint64, all from a uint64 input. */
export function types(): Uint8Array {
  const graph = new Graph();
  const x = graph.input('uint64', [3], 'x');
  graph.output(add(x, x), 'uint64');
  for (const dtype of ['float32', 'float64', 'int32', 'int64', 'bool'] as const)
    graph.output(cast(x, dtype), dtype);
  return graph.toModel();
}

// Reductions, changes of layout, products and look-ups.
import {
  concat,
  cumsum,
  embedding,
  expand,
  gather,
  gatherRows,
  logSumExp,
  matmul,
  max,
  mean,
  mul,
  pad,
  reshape,
  scale,
  slice,
  split,
  square,
  sum,
  transpose,
  transposeLast,
  type Value,
} from '../../../src/graph/index.js';
import type { Case } from '../differences.js';

/** int64 [2, 2] with one index twice. */
const ids = ({ graph }: Value) => graph.constant('int64', [2, 2], BigInt64Array.of(1n, 3n, 1n, 0n));

export const TENSORS: Record<string, Case> = {
  'sum, axes dropped': { shapes: [[2, 3, 4]], build: (x) => sum(square(x), [0, 2]) },
  'sum, axes kept': { shapes: [[2, 3, 4]], build: (x) => sum(square(x), [-2], true) },
  'sum, no axes': { shapes: [[2, 3]], build: (x) => sum(square(x), []) },
  'mean, axes dropped': { shapes: [[2, 3, 4]], build: (x) => mean(square(x), [1]) },
  'mean, axes kept': { shapes: [[2, 3, 4]], build: (x) => mean(square(x), [0, -1], true) },
  'max, axes dropped': { shapes: [[2, 3, 4]], build: (x) => max(scale(x, 3), [0, 2]) },
  'max, axes kept': { shapes: [[2, 5]], build: (x) => max(square(x), [-1], true) },
  'logSumExp, axes dropped': { shapes: [[2, 3, 4]], build: (x) => logSumExp(scale(x, 2), [0, 2]) },
  'logSumExp, axes kept': { shapes: [[2, 3, 4]], build: (x) => logSumExp(x, [1], true) },
  cumsum: { shapes: [[2, 5]], build: (x) => cumsum(x, 1) },
  'cumsum, exclusive': { shapes: [[5, 2]], build: (x) => cumsum(x, 0, { exclusive: true }) },
  'cumsum, reverse': { shapes: [[2, 5, 2]], build: (x) => cumsum(x, -2, { reverse: true }) },
  'cumsum, exclusive and reverse': {
    shapes: [[2, 5]],
    build: (x) => cumsum(x, 1, { exclusive: true, reverse: true }),
  },
  expand: { shapes: [[3, 1]], build: (x) => expand(x, [2, 3, 4]) },
  reshape: { shapes: [[2, 3, 4]], build: (x) => reshape(x, [4, 6]) },
  transpose: { shapes: [[2, 3, 4]], build: (x) => transpose(x, [2, 0, 1]) },
  transposeLast: { shapes: [[2, 3, 4]], build: transposeLast },
  slice: { shapes: [[2, 6, 3]], build: (x) => slice(x, 1, 1, 4) },
  pad: { shapes: [[2, 3]], build: (x) => pad(x, [1, 0], [0, 2], -1.5) },
  concat: {
    shapes: [
      [2, 1, 3],
      [2, 4, 3],
    ],
    build: (a, b) => concat([a, b, square(a)], 1),
  },
  'split, all parts used': {
    shapes: [[2, 6]],
    build: (x) => {
      const [a, b, c] = split(x, 1, [1, 3, 2]);
      return mul(concat([a, c], 1), b);
    },
  },
  'split, one part unused': { shapes: [[2, 6]], build: (x) => square(split(x, 1, [1, 3, 2])[1]) },
  matmul: {
    shapes: [
      [2, 2, 3, 4],
      [2, 2, 4, 5],
    ],
    build: matmul,
  },
  'matmul with a transpose': {
    shapes: [
      [2, 3, 4],
      [2, 5, 4],
    ],
    build: (a, b) => matmul(a, transposeLast(b)),
  },
  'matmul, one matrix on the right': {
    shapes: [
      [2, 2, 3, 4],
      [4, 5],
    ],
    build: matmul,
  },
  'matmul, one matrix on the left': {
    shapes: [
      [3, 4],
      [2, 4, 2],
    ],
    build: matmul,
  },
  'matmul, leading axes broadcast both ways': {
    shapes: [
      [2, 1, 3, 2],
      [3, 2, 2],
    ],
    build: matmul,
  },
  gatherRows: { shapes: [[5, 3]], build: (table) => gatherRows(table, ids(table)) },
  'gather along a middle axis': { shapes: [[2, 4, 3]], build: (x) => gather(x, ids(x), 1) },
  'gather along the last axis': { shapes: [[2, 4]], build: (x) => gather(x, ids(x), -1) },
  embedding: { shapes: [[4, 3]], build: (table) => embedding(table, ids(table)) },
};

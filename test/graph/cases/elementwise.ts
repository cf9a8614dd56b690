// Functions of each element, and choices between elements.
import {
  abs,
  add,
  clamp,
  cos,
  div,
  equal,
  erf,
  exp,
  gelu,
  greater,
  less,
  log,
  maximum,
  minimum,
  mul,
  neg,
  not,
  pow,
  relu,
  scale,
  shift,
  sigmoid,
  silu,
  sin,
  sqrt,
  square,
  sub,
  tanh,
  type Value,
  where,
} from '../../../src/graph/index.js';
import type { Case } from '../differences.js';

/** A constant of 0, 1, 2, 0, 1, 2 ... */
const thirds = ({ graph }: Value) =>
  graph.constant(
    'int64',
    [4],
    BigInt64Array.from({ length: 4 }, (_, i) => BigInt(i % 3)),
  );

export const ELEMENTWISE: Record<string, Case> = {
  add: {
    shapes: [
      [2, 3],
      [2, 3],
    ],
    build: add,
  },
  'add, broadcast': { shapes: [[2, 3, 4], [4]], build: add },
  'sub, broadcast both ways': {
    shapes: [
      [2, 1, 4],
      [3, 1],
    ],
    build: sub,
  },
  'mul, broadcast': {
    shapes: [
      [2, 3, 4],
      [2, 1, 4],
    ],
    build: mul,
  },
  'div, broadcast': { shapes: [[2, 3, 4], [4]], build: div, range: [0.5, 2] },
  neg: { shapes: [[3, 4]], build: neg },
  scale: { shapes: [[3, 4]], build: (x) => scale(x, -2.5) },
  shift: { shapes: [[3, 4]], build: (x) => square(shift(x, 0.5)) },
  square: { shapes: [[3, 4]], build: square },
  exp: { shapes: [[3, 4]], build: exp },
  log: { shapes: [[3, 4]], build: log, range: [0.5, 2] },
  sqrt: { shapes: [[3, 4]], build: sqrt, range: [0.5, 2] },
  sin: { shapes: [[3, 4]], build: sin, range: [-3, 3] },
  cos: { shapes: [[3, 4]], build: cos, range: [-3, 3] },
  erf: { shapes: [[3, 4]], build: erf, range: [-2, 2] },
  sigmoid: { shapes: [[3, 4]], build: sigmoid, range: [-3, 3] },
  tanh: { shapes: [[3, 4]], build: tanh, range: [-2, 2] },
  relu: { shapes: [[3, 4]], build: relu },
  abs: { shapes: [[3, 4]], build: abs },
  'pow, a whole exponent': { shapes: [[3, 4]], build: (x) => pow(x, 3) },
  'pow, a square': { shapes: [[3, 4]], build: (x) => pow(x, 2) },
  'pow, a negative fraction': { shapes: [[3, 4]], build: (x) => pow(x, -1.5), range: [0.7, 2] },
  minimum: { shapes: [[4, 4], [4]], build: (a, b) => minimum(scale(a, 3), b) },
  maximum: { shapes: [[4, 4], [4]], build: (a, b) => maximum(scale(a, 3), b) },
  clamp: { shapes: [[4, 4]], build: (x) => clamp(square(x), 0.1, 0.5) },
  'where, the operands broadcast': {
    shapes: [[3, 1], [4]],
    build: (a, b) => where(less(thirds(a), a.graph.constant('int64', [], BigInt64Array.of(1n))), a, b),
  },
  'where, the condition broadcasts': {
    shapes: [
      [2, 3, 4],
      [2, 3, 4],
    ],
    build: (a, b) =>
      where(not(equal(thirds(a), a.graph.constant('int64', [], BigInt64Array.of(1n)))), square(a), b),
  },
  'where, a condition of the operands': {
    shapes: [
      [4, 4],
      [4, 4],
    ],
    build: (a, b) => where(greater(a, b), mul(a, b), scale(b, 2)),
  },
  gelu: { shapes: [[3, 8]], build: gelu, range: [-3, 3] },
  silu: { shapes: [[3, 8]], build: silu, range: [-3, 3] },
};

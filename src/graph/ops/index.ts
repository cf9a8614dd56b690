/** Differentiable tensor operations: each one function with one vector-Jacobian product. */
export {
  type ConvolutionOptions,
  type ConvolutionTransposeOptions,
  conv1d,
  conv2d,
  convTranspose1d,
  convTranspose2d,
} from './convolution.js';
export {
  abs,
  add,
  cast,
  cos,
  div,
  erf,
  exp,
  log,
  mul,
  neg,
  pow,
  relu,
  scale,
  shift,
  sigmoid,
  sin,
  sqrt,
  square,
  sub,
  tanh,
} from './elementwise.js';
export { embedding, gather, gatherRows, matmul, oneHot } from './matrix.js';
export { differentiable, emit, expectShapes, type Pullback } from './operation.js';
export { avgPool2d, maxPool2d, upsampleNearest2d } from './pooling.js';
export { type CumsumOptions, cumsum, logSumExp, max, mean, sum } from './reduce.js';
export { clamp, equal, greater, less, maximum, minimum, not, sign, where } from './selection.js';
export { concat, expand, pad, reshape, slice, split, transpose, transposeLast } from './shape.js';

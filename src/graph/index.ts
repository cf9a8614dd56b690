/** ONNX graphs in TypeScript: build, differentiate, optimise. Knows nothing of motion and loads no runtime. */
export {
  type AttentionParameters,
  attention,
  type Dropout,
  type FeedForwardParameters,
  feedForward,
  scaledDotProductAttention,
} from './attention.js';
export { gradient } from './autodiff.js';
export { type ScanResult, scan } from './control.js';
export { Graph, type Shape, sizeOf, UNKNOWN, Value } from './graph.js';
export { type LayoutKind, type Parameter, ParameterLayout } from './layout.js';
export { crossEntropy, meanSquaredError } from './losses.js';
export {
  gelu,
  groupNorm,
  layerNorm,
  linear,
  logSoftmax,
  silu,
  softmax,
} from './nn.js';
export * from './ops/index.js';
export {
  type AdamWOptions,
  adamW,
  clipByGlobalNorm,
  exponentialMovingAverage,
  type Moments,
  warmedUpDecay,
} from './optim.js';
export { sinusoidalCode, sinusoidalPositions } from './positions.js';
export type { DType, TensorData } from './proto.js';
export { normals, RandomStream, squaresKey } from './random.js';
export {
  constantRate,
  cosineDecay,
  type Decay,
  type LearningRateSchedule,
  linearDecay,
  stepDecay,
  warmup,
} from './schedules.js';

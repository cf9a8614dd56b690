// Layers, convolutions and losses.
import {
  attention,
  avgPool2d,
  conv1d,
  conv2d,
  convTranspose1d,
  convTranspose2d,
  crossEntropy,
  feedForward,
  groupNorm,
  layerNorm,
  linear,
  logSoftmax,
  maxPool2d,
  meanSquaredError,
  scale,
  sinusoidalCode,
  softmax,
  upsampleNearest2d,
  type Value,
} from '../../../src/graph/index.js';
import type { Case } from '../differences.js';

const attentionOf =
  (masked: boolean) =>
  (x: Value, qkvWeight: Value, qkvBias: Value, outWeight: Value, outBias: Value): Value => {
    const mask = x.graph.constant('float32', [2, 3], Float32Array.of(1, 1, 0, 1, 0, 0));
    return attention(x, { qkvWeight, qkvBias, outWeight, outBias }, 2, masked ? mask : undefined);
  };

export const LAYERS: Record<string, Case> = {
  linear: { shapes: [[2, 3, 4], [4, 5], [5]], build: linear },
  'linear of a linear': {
    shapes: [[3, 4], [4, 4], [4]],
    build: (x, w, b) => linear(linear(x, w, b), w, b),
  },
  softmax: { shapes: [[2, 3, 5]], build: (x) => softmax(scale(x, 2)) },
  logSoftmax: { shapes: [[2, 3, 5]], build: (x) => logSoftmax(scale(x, 2)) },
  layerNorm: { shapes: [[2, 3, 8], [8], [8]], build: layerNorm },
  groupNorm: {
    shapes: [[2, 4, 3, 2], [4], [4]],
    build: (x, gamma, beta) => groupNorm(x, 2, gamma, beta),
  },
  'groupNorm of one axis': {
    shapes: [[2, 16], [16], [16]],
    build: (x, gamma, beta) => groupNorm(x, 2, gamma, beta),
  },
  attention: { shapes: [[2, 3, 4], [4, 12], [12], [4, 4], [4]], build: attentionOf(false) },
  'attention with padding': { shapes: [[2, 3, 4], [4, 12], [12], [4, 4], [4]], build: attentionOf(true) },
  feedForward: {
    shapes: [[2, 3], [3, 5], [5], [5, 3], [3]],
    build: (x, inWeight, inBias, outWeight, outBias) =>
      feedForward(x, { inWeight, inBias, outWeight, outBias }),
  },
  conv1d: {
    shapes: [[2, 3, 9], [4, 3, 3], [4]],
    build: (x, w, bias) => conv1d(x, w, { bias, stride: 2, padding: 1 }),
  },
  conv2d: {
    shapes: [
      [2, 2, 4, 5],
      [3, 2, 3, 2],
    ],
    build: (x, w) => conv2d(x, w),
  },
  'conv2d with a bias, strides that leave rows unread': {
    shapes: [[2, 2, 6, 8], [2, 2, 3, 3], [2]],
    build: (x, w, bias) => conv2d(x, w, { bias, stride: [2, 3], padding: [1, 0] }),
  },
  'conv2d with dilation and groups': {
    shapes: [[2, 4, 6, 5], [6, 2, 2, 3], [6]],
    build: (x, w, bias) => conv2d(x, w, { bias, stride: [2, 1], padding: 1, dilation: [3, 2], groups: 2 }),
  },
  'conv2d, depthwise': {
    shapes: [
      [1, 3, 4, 4],
      [3, 1, 3, 3],
    ],
    build: (x, w) => conv2d(x, w, { padding: 1, groups: 3 }),
  },
  convTranspose1d: {
    shapes: [[2, 3, 4], [3, 2, 4], [2]],
    build: (x, w, bias) => convTranspose1d(x, w, { bias, stride: 2, padding: 1 }),
  },
  convTranspose2d: {
    shapes: [[2, 3, 3, 2], [3, 2, 3, 3], [2]],
    build: (x, w, bias) =>
      convTranspose2d(x, w, { bias, stride: [2, 3], padding: [1, 0], outputPadding: [1, 2] }),
  },
  'convTranspose2d with dilation and groups': {
    shapes: [
      [2, 4, 3, 3],
      [4, 2, 2, 3],
    ],
    build: (x, w) => convTranspose2d(x, w, { stride: 2, padding: 1, dilation: [2, 1], groups: 2 }),
  },
  sinusoidalCode: { shapes: [[3]], build: (positions) => sinusoidalCode(positions, 4) },
  avgPool2d: { shapes: [[2, 2, 4, 6]], build: (x) => avgPool2d(x, 2) },
  maxPool2d: { shapes: [[2, 2, 4, 6]], build: (x) => maxPool2d(scale(x, 3), 2) },
  upsampleNearest2d: { shapes: [[2, 2, 2, 3]], build: (x) => upsampleNearest2d(x, 3) },
  meanSquaredError: {
    shapes: [
      [2, 3],
      [2, 3],
    ],
    build: meanSquaredError,
  },
  crossEntropy: {
    shapes: [[2, 3, 4]],
    build: (logits) => {
      const labels = BigInt64Array.of(0n, 3n, 1n, 1n, 2n, 0n);
      return crossEntropy(scale(logits, 2), logits.graph.constant('int64', [2, 3], labels));
    },
  },
};

/** Losses: what a model is trained to make small. */
import { sameShape, type Value } from './graph.js';
import { logSoftmax } from './nn.js';
import { expectShapes, mean, mul, neg, oneHot, square, sub, sum } from './ops/index.js';

const all = (x: Value): number[] => [...x.shape.keys()];

/** Mean of squared differences over all elements, a scalar. */
export function meanSquaredError(prediction: Value, target: Value): Value {
  const fits = sameShape(prediction.shape, target.shape);
  expectShapes(fits, 'meanSquaredError', 'equal shapes', prediction, target);
  return mean(square(sub(prediction, target)), all(prediction));
}

/**
 * Cross-entropy: the mean of `-ln softmax(logits)[label]`, a scalar.
 * @param logits [..., classes]
 * @param labels int64 [...], each 0 .. classes-1
 */
export function crossEntropy(logits: Value, labels: Value): Value {
  const fits = labels.dtype === 'int64' && sameShape(logits.shape.slice(0, -1), labels.shape);
  expectShapes(
    logits.shape.length >= 1 && fits,
    'crossEntropy',
    'logits [..., classes] and int64 labels [...]',
    logits,
    labels,
  );
  const chosen = sum(mul(logSoftmax(logits), oneHot(labels, logits.shape.at(-1)!)), [-1]);
  return neg(mean(chosen, all(chosen)));
}

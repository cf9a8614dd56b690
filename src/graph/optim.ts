/** Optimisation steps as graph operations: gradients and state in, new parameters and state out. */

import type { Value } from './graph.js';
import { add, div, emit, minimum, mul, scale, shift, sqrt, square, sub } from './ops/index.js';

/**
 * Scales all gradients by `min(1, limit / (norm + 1e-6))`, where norm is the Euclidean norm over all of them
 * (Pascanu et al. 2013).
 * @param limit float []
 */
export function clipByGlobalNorm(
  gradients: readonly Value[],
  limit: Value,
): { gradients: Value[]; norm: Value } {
  const squares = gradients.map((gradient) => emit('ReduceSumSquare', [gradient], [], { keepdims: 0 }));
  const norm = sqrt(squares.reduce((total, part) => add(total, part)));
  const factor = minimum(div(limit, shift(norm, 1e-6)), limit.graph.scalar(1));
  return { gradients: gradients.map((gradient) => mul(gradient, factor)), norm };
}

/** First and second moments that Adam keeps for each parameter. */
export interface Moments {
  m: Value;
  v: Value;
}

export interface AdamWOptions {
  /** float [] */ learningRate: Value;
  /** float [], 1 for the first step */ step: Value;
  /** Exponential decay of the moments. */ beta1?: number;
  beta2?: number;
  epsilon?: number;
  /** Decoupled weight decay λ, a value if it differs within the tensor; 0 is usual for vectors. */
  weightDecay?: number | Value;
}

/**
 * One AdamW step (Loshchilov & Hutter 2019, algorithm 2; Kingma & Ba 2015) for one parameter tensor:
 * `m ← β₁ m + (1-β₁) g`, `v ← β₂ v + (1-β₂) g²`, `p ← p (1 - lr λ) - lr (m / (1-β₁ᵗ)) / (√(v / (1-β₂ᵗ)) + ε)`.
 */
export function adamW(
  parameter: Value,
  gradient: Value,
  { m, v }: Moments,
  { learningRate, step, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 }: AdamWOptions,
): { parameter: Value; m: Value; v: Value } {
  const unbias = (beta: number) =>
    sub(step.graph.scalar(1), emit('Pow', [step.graph.scalar(beta), step], []));
  const nextM = add(scale(m, beta1), scale(gradient, 1 - beta1));
  const nextV = add(scale(v, beta2), scale(square(gradient), 1 - beta2));
  // Both sides of the fraction are multiplied by √(1-β₂ᵗ): one pass over the parameters fewer.
  const root = sqrt(unbias(beta2));
  const update = mul(
    div(nextM, add(sqrt(nextV), scale(root, epsilon))),
    div(mul(learningRate, root), unbias(beta1)),
  );
  const lambda = typeof weightDecay === 'number' ? step.graph.scalar(weightDecay) : weightDecay;
  const decayed =
    weightDecay === 0 ? parameter : mul(parameter, sub(step.graph.scalar(1), mul(learningRate, lambda)));
  return { parameter: sub(decayed, update), m: nextM, v: nextV };
}

/** `average + (1 - decay) (value - average)`; decay is a float []. */
export function exponentialMovingAverage(average: Value, value: Value, decay: Value): Value {
  return add(average, mul(sub(value, average), sub(decay.graph.scalar(1), decay)));
}

/**
 * `min(decay, (1 + step) / (10 + step))`: an average that starts from random parameters forgets them at first
 * (as TensorFlow's ExponentialMovingAverage with num_updates does).
 * @param decay float []
 * @param step float [], the number of updates before this one
 */
export function warmedUpDecay(decay: Value, step: Value): Value {
  return minimum(decay, div(shift(step, 1), shift(step, 10)));
}

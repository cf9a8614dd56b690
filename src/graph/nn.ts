/**
 * Layers of neural networks as functions of values: the caller holds the parameters. Weights of a linear layer are
 * [in, out]. In the formulas `d` is the gradient of the output.
 */
import { sameShape, sizeOf, type Value } from './graph.js';
import {
  add,
  differentiable,
  div,
  emit,
  erf,
  exp,
  expectShapes,
  mean,
  mul,
  neg,
  reshape,
  scale,
  shift,
  sigmoid,
  sqrt,
  square,
  sub,
  sum,
} from './ops/index.js';

/** General matrix product of two matrices, either transposed, plus an optional row: `a b + row`, one Gemm node. */
function gemm(a: Value, b: Value, transA: boolean, transB: boolean, row?: Value): Value {
  const shape = [a.shape[transA ? 1 : 0], b.shape[transB ? 0 : 1]];
  const y = emit('Gemm', row ? [a, b, row] : [a, b], shape, {
    transA: Number(transA),
    transB: Number(transB),
  });
  return differentiable(row ? [a, b, row] : [a, b], [y], ([d]) => [
    transA ? gemm(b, d, transB, true) : gemm(d, b, false, !transB),
    transB ? gemm(d, a, true, transA) : gemm(a, d, !transA, false),
    ...(row ? [sum(d, [0])] : []),
  ]);
}

/**
 * `y = x W + b` over the last axis: x [..., in], W [in, out], b [out].
 * Pulls back `d Wᵀ`, `xᵀ d` and the sum of `d` over rows; Gemm reads transposed operands without copying them.
 */
export function linear(x: Value, weight: Value, bias: Value): Value {
  const [input, output] = weight.shape;
  const fits =
    weight.shape.length === 2 &&
    x.shape.length >= 1 &&
    x.shape.at(-1) === input &&
    sameShape(bias.shape, [output]);
  expectShapes(fits, 'linear', 'x [..., in], weight [in, out] and bias [out]', x, weight, bias);
  const rows = sizeOf(x.shape) / input;
  return reshape(gemm(reshape(x, [rows, input]), weight, false, false, bias), [
    ...x.shape.slice(0, -1),
    output,
  ]);
}

/** `p = softmax(x)` over the last axis; pulls back `p (d - Σ d p)`. */
export function softmax(x: Value): Value {
  expectShapes(x.shape.length >= 1, 'softmax', 'one axis or more', x);
  const p = emit('Softmax', [x], x.shape, { axis: -1 });
  return differentiable([x], [p], ([d]) => [mul(p, sub(d, sum(mul(d, p), [-1], true)))]);
}

/** `ln softmax(x)` over the last axis; pulls back `d - softmax(x) Σ d`. */
export function logSoftmax(x: Value): Value {
  expectShapes(x.shape.length >= 1, 'logSoftmax', 'one axis or more', x);
  const y = emit('LogSoftmax', [x], x.shape, { axis: -1 });
  return differentiable([x], [y], ([d]) => [sub(d, mul(exp(y), sum(d, [-1], true)))]);
}

const EPSILON = 1e-5;

/**
 * `h = (x - mean) s`, `s = 1 / √(var + 1e-5)` over the last axis; pulls back `s (d - mean(d) - h mean(d h))`.
 */
function standardise(x: Value): Value {
  // Not the LayerNormalization node: it is slower than its parts here, and the pullback needs h anyway.
  const centred = sub(x, mean(x, [-1], true));
  const inverse = div(x.graph.scalar(1), sqrt(shift(mean(square(centred), [-1], true), EPSILON)));
  const h = emit('Mul', [centred, inverse], x.shape);
  return differentiable([x], [h], ([d]) => [
    mul(sub(sub(d, mean(d, [-1], true)), mul(h, mean(mul(d, h), [-1], true))), inverse),
  ]);
}

/** Layer normalisation over the last axis (Ba et al. 2016): `(x - mean) / √(var + 1e-5) γ + β`; x [..., n], γ and β [n]. */
export function layerNorm(x: Value, gamma: Value, beta: Value): Value {
  const width = x.shape.at(-1) ?? 0;
  const fits = sameShape(gamma.shape, [width]) && sameShape(beta.shape, [width]);
  expectShapes(fits, 'layerNorm', 'x [..., n], gamma [n] and beta [n]', x, gamma, beta);
  return add(mul(standardise(x), gamma), beta);
}

/**
 * Group normalisation (Wu & He 2018): as `layerNorm`, over all elements of a sample in `channels / groups` channels that
 * follow one another; x [batch, channels, ...], γ and β [channels].
 */
export function groupNorm(x: Value, groups: number, gamma: Value, beta: Value): Value {
  const [batch, channels, ...rest] = x.shape;
  const fits =
    x.shape.length >= 2 &&
    channels % groups === 0 &&
    sameShape(gamma.shape, [channels]) &&
    sameShape(beta.shape, [channels]);
  const what = `x [batch, channels, ...] in ${groups} groups, gamma and beta [channels]`;
  expectShapes(fits, 'groupNorm', what, x, gamma, beta);
  const h = reshape(standardise(reshape(x, [batch, groups, sizeOf(x.shape) / batch / groups])), x.shape);
  const each = (row: Value) => reshape(row, [channels, ...rest.map(() => 1)]);
  return add(mul(h, each(gamma)), each(beta));
}

/**
 * GELU (Hendrycks & Gimpel 2016): `x Φ(x)` with the normal distribution function `Φ(x) = (1 + erf(x/√2)) / 2`.
 * Pulls back `d (Φ(x) + x φ(x))`, `φ(x) = exp(-x²/2) / √(2π)`.
 */
export function gelu(x: Value): Value {
  const cdf = scale(shift(erf(scale(x, Math.SQRT1_2)), 1), 0.5);
  return differentiable([x], [emit('Mul', [x, cdf], x.shape)], ([d]) => {
    const density = exp(scale(square(x), -0.5));
    return [mul(d, add(cdf, mul(scale(x, 1 / Math.sqrt(2 * Math.PI)), density)))];
  });
}

/** SiLU: `y = x σ(x)`; pulls back `d (σ + y (1 - σ))`. */
export function silu(x: Value): Value {
  const s = sigmoid(x);
  const y = emit('Mul', [x, s], x.shape);
  return differentiable([x], [y], ([d]) => [mul(d, add(s, mul(y, shift(neg(s), 1))))]);
}

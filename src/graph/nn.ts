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
  matmul,
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
  transpose,
} from './ops/index.js';

/** What `gemm` does beside the product. */
interface GemmOptions {
  transA?: boolean;
  transB?: boolean;
  /** Factor of the product. */
  alpha?: number;
  /** A row to add. */
  row?: Value;
  /** Factor of the row. */
  beta?: number;
}

/** General matrix product: `alpha a b + beta row`, either matrix transposed, one Gemm node. */
function gemm(
  a: Value,
  b: Value,
  { transA = false, transB = false, alpha = 1, row, beta = 1 }: GemmOptions = {},
): Value {
  const shape = [a.shape[transA ? 1 : 0], b.shape[transB ? 0 : 1]];
  const y = emit('Gemm', row ? [a, b, row] : [a, b], shape, {
    transA: Number(transA),
    transB: Number(transB),
    ...(alpha === 1 ? {} : { alpha: { float: alpha } }),
    ...(beta === 1 ? {} : { beta: { float: beta } }),
  });
  return differentiable(row ? [a, b, row] : [a, b], [y], ([d]) => [
    transA ? gemm(b, d, { transA: transB, transB: true, alpha }) : gemm(d, b, { transB: !transB, alpha }),
    transB
      ? gemm(d, a, { transA: true, transB: transA, alpha })
      : transA
        ? gemm(a, d, { alpha })
        : transposedProduct(a, d, alpha),
    ...(row ? [scale(sum(d, [0]), beta)] : []),
  ]);
}

/**
 * `alpha aᵀ b`. On a CPU a product reads the transposed copy of a tall matrix 10 to 20 % faster than the matrix itself
 * transposed; the narrower of the two is copied, or the result of the other order.
 */
function transposedProduct(a: Value, b: Value, alpha: number): Value {
  return a.shape[1] <= b.shape[1]
    ? gemm(transposedCopy(a), b, { alpha })
    : transposedCopy(gemm(transposedCopy(b), a, { alpha }));
}

/** The transpose of a matrix; an axis of one keeps the runtime from fusing it into the product. */
function transposedCopy(x: Value): Value {
  const [n, m] = x.shape;
  return reshape(transpose(reshape(x, [1, n, m]), [0, 2, 1]), [m, n]);
}

/**
 * `y = x W + b` over the last axis: x [..., in], W [in, out], b [out].
 * Pulls back `d Wᵀ`, `xᵀ d` and the sum of `d` over rows.
 */
export function linear(x: Value, weight: Value, bias: Value): Value {
  return scaledLinear(x, weight, bias, 1, 1);
}

/** `y = α x W + β b` as `linear`: factors cost nothing in a product. */
export function scaledLinear(x: Value, weight: Value, bias: Value, alpha: number, beta: number): Value {
  const [input, output] = weight.shape;
  const fits =
    weight.shape.length === 2 &&
    x.shape.length >= 1 &&
    x.shape.at(-1) === input &&
    sameShape(bias.shape, [output]);
  expectShapes(fits, 'linear', 'x [..., in], weight [in, out] and bias [out]', x, weight, bias);
  const rows = sizeOf(x.shape) / input;
  const y = gemm(reshape(x, [rows, input]), weight, { alpha, row: bias, beta });
  return reshape(y, [...x.shape.slice(0, -1), output]);
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
 * `h = (x - mean) s` over the last axis and `s = 1 / √(var + 1e-5)`; h pulls back `s (d - mean(d) - h mean(d h))`.
 */
function standardise(x: Value): { h: Value; inverse: Value } {
  // Not the LayerNormalization node: it is several times slower than its parts here, and the pullback needs h anyway.
  const centred = sub(x, mean(x, [-1], true));
  const inverse = div(x.graph.scalar(1), sqrt(shift(mean(square(centred), [-1], true), EPSILON)));
  const h = emit('Mul', [centred, inverse], x.shape);
  differentiable([x], [h], ([d]) => [
    mul(sub(sub(d, mean(d, [-1], true)), mul(h, mean(mul(d, h), [-1], true))), inverse),
  ]);
  return { h, inverse };
}

/**
 * Layer normalisation over the last axis (Ba et al. 2016): `y = h γ + β`, `h = (x - mean) s`, `s = 1 / √(var + 1e-5)`;
 * x [..., n], γ and β [n]. Pulls back `s (d γ - mean(d γ) - h mean(d h γ))`, `Σ d h` and `Σ d`; the means are products
 * with the column γ/n, which need no `d h γ`.
 */
export function layerNorm(x: Value, gamma: Value, beta: Value): Value {
  const width = x.shape.at(-1) ?? 0;
  const fits = sameShape(gamma.shape, [width]) && sameShape(beta.shape, [width]);
  expectShapes(fits, 'layerNorm', 'x [..., n], gamma [n] and beta [n]', x, gamma, beta);
  const { h, inverse } = standardise(x);
  const y = emit('Add', [emit('Mul', [h, gamma], x.shape), beta], x.shape);
  return differentiable([x, gamma, beta], [y], ([d]) => {
    const rows = [...x.shape.keys()].slice(0, -1);
    const column = reshape(scale(gamma, 1 / width), [width, 1]);
    const dh = mul(d, h);
    const g = sub(mul(d, gamma), mul(h, matmul(dh, column)));
    return [mul(sub(g, matmul(d, column)), inverse), sum(dh, rows), sum(d, rows)];
  });
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
  const { h: grouped } = standardise(reshape(x, [batch, groups, sizeOf(x.shape) / batch / groups]));
  const h = reshape(grouped, x.shape);
  const each = (row: Value) => reshape(row, [channels, ...rest.map(() => 1)]);
  return add(mul(h, each(gamma)), each(beta));
}

/** The factor of `erfGate`'s argument and result that makes it GELU. */
export const GELU_SCALE = Math.SQRT1_2;

/**
 * `u (1 + erf u)`, of which GELU is a scaled form: `gelu(x) = √½ erfGate(√½ x)`.
 * Pulls back `d (1 + erf u + (2/√π) u exp(-u²))`.
 */
export function erfGate(u: Value): Value {
  const gate = shift(erf(u), 1);
  return differentiable([u], [emit('Mul', [u, gate], u.shape)], ([d]) => {
    const density = exp(sub(u.graph.scalar(Math.log(2 / Math.sqrt(Math.PI))), square(u)));
    return [mul(d, add(gate, mul(u, density)))];
  });
}

/** GELU (Hendrycks & Gimpel 2016): `x Φ(x)` with the normal distribution function `Φ(x) = (1 + erf(x/√2)) / 2`. */
export function gelu(x: Value): Value {
  return scale(erfGate(scale(x, GELU_SCALE)), GELU_SCALE);
}

/** SiLU: `y = x σ(x)`; pulls back `d (σ + y (1 - σ))`. */
export function silu(x: Value): Value {
  const s = sigmoid(x);
  const y = emit('Mul', [x, s], x.shape);
  return differentiable([x], [y], ([d]) => [mul(d, add(s, mul(y, shift(neg(s), 1))))]);
}

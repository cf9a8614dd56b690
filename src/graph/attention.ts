/** The two halves of a transformer layer: attention over time, and the feed-forward network of each moment. */
import { sameShape, type Value } from './graph.js';
import { erfGate, GELU_SCALE, linear, scaledLinear, softmax } from './nn.js';
import {
  add,
  differentiable,
  emit,
  expectShapes,
  matmul,
  mul,
  reshape,
  scale,
  shift,
  split,
  sub,
  sum,
  transpose,
  transposeLast,
} from './ops/index.js';

/** What a layer does to an activation while it is trained, such as `(x) => random.dropout(x, 0.1)`. */
export type Dropout = (x: Value) => Value;

/** Added to the score of a key that must get no weight. Finite: a row of nothing else has equal weights, not NaN. */
const EXCLUDED = -1e9;

/**
 * Scaled dot-product attention (Vaswani et al. 2017, equation 1): `softmax(Q Kᵀ / √n + bias) V`,
 * query [..., queries, n], key [..., keys, n] and value [..., keys, m] -> [..., queries, m].
 * @param bias added to the scores; broadcasts to [..., queries, keys]
 * @param dropout applied to the weights
 */
export function scaledDotProductAttention(
  query: Value,
  key: Value,
  value: Value,
  bias?: Value,
  dropout: Dropout = (weights) => weights,
): Value {
  const products = scale(matmul(query, transposeLast(key)), 1 / Math.sqrt(query.shape.at(-1)!));
  const scores = bias ? add(products, bias) : products;
  const p = softmax(scores);
  const weights = dropout(p);
  const [leading, others] = [p, value].map(({ shape }) => shape.slice(0, -2));
  return weights === p && sameShape(leading, others)
    ? softmaxProduct(scores, p, value)
    : matmul(weights, value);
}

/**
 * `y = p V` of `p = softmax(scores)`, which pulls back `p (d Vᵀ - Σ d y)` to the scores and `pᵀ d` to V. The sum is that
 * of softmax's own rule (Dao et al., "FlashAttention", 2022, equation 4), but over a value instead of over all keys.
 */
function softmaxProduct(scores: Value, p: Value, value: Value): Value {
  const y = emit('MatMul', [p, value], [...p.shape.slice(0, -1), value.shape.at(-1)!]);
  return differentiable([scores, value], [y], ([d]) => [
    mul(p, sub(matmul(d, transposeLast(value)), sum(mul(d, y), [-1], true))),
    transposeLast(matmul(transposeLast(d), p)), // a transposed p would be read three times as slowly
  ]);
}

/** Parameters of one attention layer: packed query, key and value projection, and the output projection. */
export interface AttentionParameters {
  /** [n, 3n] */ qkvWeight: Value;
  /** [3n] */ qkvBias: Value;
  /** [n, n] */ outWeight: Value;
  /** [n] */ outBias: Value;
}

/**
 * Multi-head self-attention (Vaswani et al. 2017): `softmax(Q Kᵀ / √(n / heads)) V` for each head, x [batch, time, n].
 * @param mask float [batch, time], 1 for a moment that may be attended to and 0 for padding, which gets no weight. What
 *   the padded moments themselves attend to is of no use; if nothing is left, the weights are equal.
 * @param dropout applied to the weights
 */
export function attention(
  x: Value,
  parameters: AttentionParameters,
  heads: number,
  mask?: Value,
  dropout?: Dropout,
): Value {
  const fits = x.shape.length === 3 && x.shape[2] % heads === 0;
  expectShapes(fits, 'attention', `[batch, time, n] with n a multiple of ${heads} heads`, x);
  const [batch, time, width] = x.shape;
  const size = width / heads;
  if (mask) expectShapes(sameShape(mask.shape, [batch, time]), 'attention', 'a mask [batch, time]', x, mask);
  const bias = mask && scale(shift(reshape(mask, [batch, 1, 1, time]), -1), -EXCLUDED);
  const packed = reshape(linear(x, parameters.qkvWeight, parameters.qkvBias), [batch, time, 3, heads, size]);
  const [query, key, value] = split(packed, 2, [1, 1, 1]).map((part) =>
    transpose(reshape(part, [batch, time, heads, size]), [0, 2, 1, 3]),
  );
  const mixed = scaledDotProductAttention(query, key, value, bias, dropout);
  const merged = reshape(transpose(mixed, [0, 2, 1, 3]), [batch, time, width]);
  return linear(merged, parameters.outWeight, parameters.outBias);
}

/** Parameters of one feed-forward layer. */
export interface FeedForwardParameters {
  /** [n, wide] */ inWeight: Value;
  /** [wide] */ inBias: Value;
  /** [wide, n] */ outWeight: Value;
  /** [n] */ outBias: Value;
}

/**
 * Feed-forward layer of a transformer: `gelu(x W₁ + b₁) W₂ + b₂` over the last axis.
 * @param dropout applied between the two
 */
export function feedForward(
  x: Value,
  { inWeight, inBias, outWeight, outBias }: FeedForwardParameters,
  dropout: Dropout = (wide) => wide,
): Value {
  // The factors of GELU go into the products: two passes over the wide activation fewer, and two in the gradient.
  const wide = erfGate(scaledLinear(x, inWeight, inBias, GELU_SCALE, GELU_SCALE));
  return scaledLinear(dropout(wide), outWeight, outBias, GELU_SCALE, 1);
}

/** Layers by name: their parameters, and what they do with them. Weights of a linear layer are [in, out]. */
import {
  add,
  attention,
  type Dropout,
  feedForward,
  layerNorm,
  linear,
  type Value,
} from '../../graph/index.js';
import type { InitialisedParameter } from './model.js';

/** The parameters of a model by name. */
export type Parameters = Readonly<Record<string, Value>>;

/** Weight `[in, out]` and bias `[out]` of a linear layer, uniform in ±1/√in as PyTorch starts them. */
export function denseParameters(name: string, input: number, output: number): InitialisedParameter[] {
  const start = { bound: 1 / Math.sqrt(input) };
  return [
    { name: `${name}.weight`, shape: [input, output], start },
    { name: `${name}.bias`, shape: [output], start },
  ];
}

/** Scale (1) and offset (0) of a normalisation over `width` numbers. */
export const normParameters = (name: string, width: number): InitialisedParameter[] => [
  { name: `${name}.weight`, shape: [width], start: { value: 1 } },
  { name: `${name}.bias`, shape: [width], start: { value: 0 } },
];

/** One post-norm transformer encoder layer with packed query, key and value projections, started as PyTorch does. */
export const encoderLayerParameters = (name: string, width: number, ff: number): InitialisedParameter[] => [
  { name: `${name}.qkv.weight`, shape: [width, 3 * width], start: { bound: Math.sqrt(6 / (4 * width)) } },
  { name: `${name}.qkv.bias`, shape: [3 * width], start: { value: 0 } },
  { name: `${name}.out.weight`, shape: [width, width], start: { bound: 1 / Math.sqrt(width) } },
  { name: `${name}.out.bias`, shape: [width], start: { value: 0 } },
  ...normParameters(`${name}.norm1`, width),
  ...denseParameters(`${name}.ff1`, width, ff),
  ...denseParameters(`${name}.ff2`, ff, width),
  ...normParameters(`${name}.norm2`, width),
];

/** `x W + b` over the last axis, by `NAME.weight` and `NAME.bias`. */
export const dense = (p: Parameters, name: string, x: Value): Value =>
  linear(x, p[`${name}.weight`], p[`${name}.bias`]);

/** Layer normalisation over the last axis, by `NAME.weight` and `NAME.bias`. */
export const norm = (p: Parameters, name: string, x: Value): Value =>
  layerNorm(x, p[`${name}.weight`], p[`${name}.bias`]);

/** Attention of one encoder layer: `x [batch, time, width] -> norm(x + dropout(attention(x)))`. */
export function attend(
  p: Parameters,
  name: string,
  x: Value,
  heads: number,
  mask?: Value,
  dropout: Dropout = (value) => value,
): Value {
  const weights = {
    qkvWeight: p[`${name}.qkv.weight`],
    qkvBias: p[`${name}.qkv.bias`],
    outWeight: p[`${name}.out.weight`],
    outBias: p[`${name}.out.bias`],
  };
  return norm(p, `${name}.norm1`, add(x, dropout(attention(x, weights, heads, mask, dropout))));
}

/** Feed-forward network of one encoder layer: `x -> norm(x + dropout(feedForward(x)))`. */
export function feed(p: Parameters, name: string, x: Value, dropout: Dropout = (value) => value): Value {
  const weights = {
    inWeight: p[`${name}.ff1.weight`],
    inBias: p[`${name}.ff1.bias`],
    outWeight: p[`${name}.ff2.weight`],
    outBias: p[`${name}.ff2.bias`],
  };
  return norm(p, `${name}.norm2`, add(x, dropout(feedForward(x, weights, dropout))));
}

/**
 * A post-norm transformer encoder layer (Vaswani et al. 2017), x [batch, time, width].
 * @param mask float [batch, time], 1 for what is there and 0 for padding
 * @param dropout applied to attention weights, wide activations and both branches
 */
export const encoderLayer = (
  p: Parameters,
  name: string,
  x: Value,
  heads: number,
  mask?: Value,
  dropout?: Dropout,
): Value => feed(p, name, attend(p, name, x, heads, mask, dropout), dropout);

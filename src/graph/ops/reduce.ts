/** Operations that take axes together, or run along one. `d` is the gradient of the output. */
import { sizeOf, type Value } from '../graph.js';
import { cast, div, exp, mul, scale, sub } from './elementwise.js';
import { axisOf, differentiable, emit } from './operation.js';
import { equal } from './selection.js';
import { expand, reshape } from './shape.js';

/**
 * A node that reduces `axes`, and how to pull back: `pull` gets `d` and the output with the reduced axes at size 1.
 */
function reduce(
  name: string,
  op: string,
  x: Value,
  axes: readonly number[],
  keep: boolean,
  pull: (d: Value, y: Value) => Value,
): Value {
  const reduced = new Set(axes.map((axis) => axisOf(name, x, axis)));
  const kept = x.shape.map((size, axis) => (reduced.has(axis) ? 1 : size));
  const shape = keep ? kept : x.shape.filter((_, axis) => !reduced.has(axis));
  if (reduced.size === 0) return x; // each element alone
  const y = emit(op, [x, x.graph.integers([...reduced])], shape, { keepdims: Number(keep) });
  return differentiable([x], [y], ([d]) => [pull(reshape(d, kept), reshape(y, kept))]);
}

/** Sum over `axes`, which stay with size 1 if `keep`; pulls back `d` spread over them. */
export function sum(x: Value, axes: readonly number[], keep = false): Value {
  return reduce('sum', 'ReduceSum', x, axes, keep, (d) => expand(d, x.shape));
}

/** Mean over `axes`, which stay with size 1 if `keep`; pulls back `d / count` spread over them. */
export function mean(x: Value, axes: readonly number[], keep = false): Value {
  return reduce('mean', 'ReduceMean', x, axes, keep, (d) =>
    expand(scale(d, sizeOf(d.shape) / sizeOf(x.shape)), x.shape),
  );
}

/** Largest element over `axes`, which stay with size 1 if `keep`; pulls back `d` in equal shares to all that are it. */
export function max(x: Value, axes: readonly number[], keep = false): Value {
  return reduce('max', 'ReduceMax', x, axes, keep, (d, y) => {
    const hit = cast(equal(x, y), 'float32');
    return mul(hit, div(d, sum(hit, axes, true)));
  });
}

/** `y = ln Σ eˣ` over `axes`, which stay with size 1 if `keep`, without overflow; pulls back `d e^(x - y)`. */
export function logSumExp(x: Value, axes: readonly number[], keep = false): Value {
  return reduce('logSumExp', 'ReduceLogSumExp', x, axes, keep, (d, y) => mul(d, exp(sub(x, y))));
}

/** How `cumsum` runs. */
export interface CumsumOptions {
  /** Without the element itself: the first sum is 0. */ exclusive?: boolean;
  /** From the end of the axis to its start. */ reverse?: boolean;
}

/** Sums of the elements up to each along `axis`; pulls back the sums of `d` in the other direction. */
export function cumsum(
  x: Value,
  axis: number,
  { exclusive = false, reverse = false }: CumsumOptions = {},
): Value {
  const along = x.graph.constant('int64', [], BigInt64Array.of(BigInt(axisOf('cumsum', x, axis))));
  const attributes = { exclusive: Number(exclusive), reverse: Number(reverse) };
  const y = emit('CumSum', [x, along], x.shape, attributes);
  return differentiable([x], [y], ([d]) => [cumsum(d, axis, { exclusive, reverse: !reverse })]);
}

/** Products of matrices, and look-ups, whose gradients are such products. `d` is the gradient of the output. */
import { sizeOf, UNKNOWN, type Value } from '../graph.js';
import { axisOf, broadcast, differentiable, emit, expectShapes } from './operation.js';
import { reshape, transposeLast, unbroadcast } from './shape.js';

/**
 * Matrix product over the last two axes: `[..., n, k] [..., k, m] -> [..., n, m]`; the leading axes broadcast.
 * Pulls back `d bᵀ` and `aᵀ d`.
 */
export function matmul(a: Value, b: Value): Value {
  const leading = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const fits =
    leading !== undefined &&
    a.dtype === b.dtype &&
    Math.min(a.shape.length, b.shape.length) >= 2 &&
    a.shape.at(-1) === b.shape.at(-2);
  expectShapes(fits, 'matmul', '[..., n, k] and [..., k, m] whose leading axes broadcast', a, b);
  const shape = [...leading, a.shape.at(-2)!, b.shape.at(-1)!];
  // One matrix for all: a single product of all rows, so that its gradient is one, too, and not a sum of many.
  if (b.shape.length === 2 && a.shape.length > 2)
    return reshape(matmul(reshape(a, [sizeOf(shape.slice(0, -1)), b.shape[0]]), b), shape);
  return differentiable([a, b], [emit('MatMul', [a, b], shape)], ([d]) => [
    unbroadcast(matmul(d, transposeLast(b)), a.shape),
    unbroadcast(matmul(transposeLast(a), d), b.shape),
  ]);
}

/** `ids int64 [...] -> float [..., count]`: 1 at the index of each, 0 elsewhere. */
export function oneHot(ids: Value, count: number): Value {
  expectShapes(ids.dtype === 'int64', 'oneHot', 'int64 ids', ids);
  const values = ids.graph.constant('float32', [2], Float32Array.of(0, 1));
  const shape = [...ids.shape, count];
  const inputs = [ids, ids.graph.integers([count]), values];
  return ids.graph.node('OneHot', inputs, [{ dtype: 'float32', shape }], { axis: -1 })[0];
}

/**
 * Slices of `x` along `axis`: x [before..., n, after...], ids int64 [...] -> [before..., ...ids, after...].
 * Pulls back `onehot(ids)ᵀ d`, a matrix product, so that repeated ids add up in a fixed order.
 */
export function gather(x: Value, ids: Value, axis: number): Value {
  const along = axisOf('gather', x, axis);
  expectShapes(ids.dtype === 'int64', 'gather', 'a value and int64 ids', x, ids);
  const [before, after] = [x.shape.slice(0, along), x.shape.slice(along + 1)];
  const y = emit('Gather', [x, ids], [...before, ...ids.shape, ...after], { axis: along });
  return differentiable([x], [y], ([d]) => {
    expectShapes(x.shape[along] !== UNKNOWN, 'the gradient of gather', 'a known number of rows', x);
    const count = sizeOf(ids.shape);
    const spread = transposeLast(oneHot(reshape(ids, [count]), x.shape[along]));
    const parts = along === 0 ? [count, sizeOf(after)] : [sizeOf(before), count, sizeOf(after)];
    return [reshape(matmul(spread, reshape(d, parts)), x.shape)];
  });
}

/** Rows of a table: `table [n, ...], ids int64 [...] -> [...ids, ...]`; n may be unknown if no gradient is wanted. */
export const gatherRows = (table: Value, ids: Value): Value => gather(table, ids, 0);

/** Learned vectors: `table [n, width], ids int64 [...] -> [...ids, width]`, `gatherRows` of a matrix. */
export function embedding(table: Value, ids: Value): Value {
  const fits = table.shape.length === 2 && ids.dtype === 'int64';
  expectShapes(fits, 'embedding', 'a table [n, width] and int64 ids', table, ids);
  return gatherRows(table, ids);
}

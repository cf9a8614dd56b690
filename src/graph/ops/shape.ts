/** Changes of layout: the same elements elsewhere. `d` is the gradient of the output. */
import { type Shape, sameShape, sizeOf, type Value } from '../graph.js';
import { axisOf, broadcast, differentiable, emit, expectShapes } from './operation.js';
import { sum } from './reduce.js';

/** Sums over the axes along which `shape` was broadcast to that of `d`: the pullback of broadcasting. */
export function unbroadcast(d: Value, shape: Shape): Value {
  const added = d.shape.length - shape.length;
  const axes = d.shape.flatMap((size, axis) =>
    axis < added || (shape[axis - added] === 1 && size !== 1) ? [axis] : [],
  );
  return reshape(axes.length > 0 ? sum(d, axes, true) : d, shape);
}

/** Broadcasts to `shape`; pulls back the sum of `d` over the new extent. */
export function expand(x: Value, shape: Shape): Value {
  if (sameShape(x.shape, shape)) return x;
  const fits = sameShape(broadcast(x.shape, shape) ?? [], shape);
  expectShapes(fits, 'expand', `a shape that broadcasts to [${shape}]`, x);
  const y = emit('Expand', [x, x.graph.integers(shape)], shape);
  return differentiable([x], [y], ([d]) => [unbroadcast(d, x.shape)]);
}

/** The same elements in another shape; pulls back `d` in the old one. */
export function reshape(x: Value, shape: Shape): Value {
  if (sameShape(x.shape, shape)) return x;
  expectShapes(sizeOf(shape) === sizeOf(x.shape), 'reshape', `as many elements as [${shape}]`, x);
  const y = emit('Reshape', [x, x.graph.integers(shape)], shape);
  return differentiable([x], [y], ([d]) => [reshape(d, x.shape)]);
}

/** Reorders the axes: axis i of the result is axis `order[i]` of `x`; pulls back the inverse order. */
export function transpose(x: Value, order: readonly number[]): Value {
  const valid = order.length === x.shape.length && x.shape.every((_, axis) => order.includes(axis));
  expectShapes(valid, 'transpose', `as many axes as the order [${order}]`, x);
  const y = emit(
    'Transpose',
    [x],
    order.map((axis) => x.shape[axis]),
    { perm: order },
  );
  const inverse = order.map((_, axis) => order.indexOf(axis));
  return differentiable([x], [y], ([d]) => [transpose(d, inverse)]);
}

/** Swaps the last two axes. */
export function transposeLast(x: Value): Value {
  const rank = x.shape.length;
  expectShapes(rank >= 2, 'transposeLast', 'two axes or more', x);
  return transpose(x, [...x.shape.keys()].slice(0, -2).concat(rank - 1, rank - 2));
}

/** Elements `start` to `end` (exclusive) along `axis`; pulls back `d` between zeros. */
export function slice(x: Value, axis: number, start: number, end: number): Value {
  const along = axisOf('slice', x, axis);
  const size = x.shape[along];
  expectShapes(
    0 <= start && start < end && end <= size,
    'slice',
    `a range within the axis, not ${start}..${end},`,
    x,
  );
  if (end - start === size) return x;
  const ints = (value: number) => x.graph.integers([value]);
  const y = emit('Slice', [x, ints(start), ints(end), ints(along)], x.shape.with(along, end - start));
  const none = x.shape.map(() => 0);
  return differentiable([x], [y], ([d]) => [pad(d, none.with(along, start), none.with(along, size - end))]);
}

/** `value` around: `before` and `after` hold how many for each axis; pulls back the inner part of `d`. */
export function pad(x: Value, before: readonly number[], after: readonly number[], value = 0): Value {
  const counts = (pads: readonly number[]) =>
    pads.length === x.shape.length && pads.every((count) => Number.isInteger(count) && count >= 0);
  const fits = x.dtype === 'float32' && counts(before) && counts(after);
  expectShapes(fits, 'pad', `a float and a count for each axis, not [${before}] and [${after}],`, x);
  const shape = x.shape.map((size, axis) => before[axis] + size + after[axis]);
  if (sameShape(shape, x.shape)) return x;
  const y = emit('Pad', [x, x.graph.integers([...before, ...after]), x.graph.scalar(value)], shape);
  return differentiable([x], [y], ([d]) => [
    x.shape.reduce((part, size, axis) => slice(part, axis, before[axis], before[axis] + size), d),
  ]);
}

/** Joins along `axis`; pulls back the pieces of `d`. */
export function concat(xs: readonly Value[], axis: number): Value {
  const [first] = xs;
  const along = axisOf('concat', first, axis);
  const fits = (x: Value) =>
    x.dtype === first.dtype && sameShape(x.shape.with(along, 0), first.shape.with(along, 0));
  expectShapes(
    xs.every((x) => x.shape.length === first.shape.length && fits(x)),
    'concat',
    `shapes equal but for axis ${along}`,
    ...xs,
  );
  const sizes = xs.map((x) => x.shape[along]);
  const shape = first.shape.with(
    along,
    sizes.reduce((total, size) => total + size),
  );
  return differentiable([...xs], [emit('Concat', [...xs], shape, { axis: along })], ([d]) =>
    split(d, along, sizes),
  );
}

/** Cuts into pieces of `sizes` along `axis`; pulls back the joined gradients. */
export function split(x: Value, axis: number, sizes: readonly number[]): Value[] {
  const along = axisOf('split', x, axis);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  expectShapes(total === x.shape[along], 'split', `sizes [${sizes}] that fill axis ${along}`, x);
  if (sizes.length === 1) return [x];
  const outputs = sizes.map((size) => ({ dtype: x.dtype, shape: x.shape.with(along, size) }));
  const ys = x.graph.node('Split', [x, x.graph.integers(sizes)], outputs, { axis: along });
  differentiable([x], ys, (gradients) => [concat(gradients, along)]);
  return ys;
}

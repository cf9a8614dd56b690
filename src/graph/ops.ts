/**
 * Differentiable tensor operations: elementwise arithmetic, reductions, matrix products and changes of layout. Each
 * checks its shapes, appends ONNX nodes and records its vector-Jacobian product; in the formulas `d` is the gradient of
 * the output. Binary operations broadcast as NumPy does.
 */

import { type Attributes, type Shape, sameShape, show, sizeOf, UNKNOWN, type Value } from './graph.js';
import { DATA_TYPE } from './proto.js';

type Pullback = (gradients: Value[]) => (Value | null)[];

/** Appends a node with one output of the first input's type. Alone it is a constant to `gradient`. */
export function emit(op: string, inputs: Value[], shape: Shape, attributes: Attributes = {}): Value {
  return inputs[0].graph.node(op, inputs, [{ dtype: inputs[0].dtype, shape }], attributes)[0];
}

/** Records how gradients of `outputs` become gradients of `inputs`, and returns the first output. */
export function differentiable(inputs: Value[], outputs: Value[], pullback: Pullback): Value {
  const [first] = outputs;
  if (outputs.some(({ dtype }) => dtype === 'float32'))
    first.graph.tape.push({ id: first.id, inputs, outputs, pullback });
  return first;
}

/** Throws unless `ok`; `values` are shown in the message. */
export function expectShapes(ok: boolean, op: string, what: string, ...values: Value[]): asserts ok {
  if (!ok) throw new Error(`Expected ${what} for ${op} but received ${show(...values)}`);
}

function axisOf(op: string, x: Value, axis: number): number {
  const positive = axis < 0 ? axis + x.shape.length : axis;
  expectShapes(positive >= 0 && positive < x.shape.length, op, `an axis within the rank, not ${axis},`, x);
  return positive;
}

/** Shape of two shapes broadcast together; undefined if they do not fit. */
function broadcast(a: Shape, b: Shape): Shape | undefined {
  const rank = Math.max(a.length, b.length);
  const padded = (shape: Shape) => [...Array<number>(rank - shape.length).fill(1), ...shape];
  const [left, right] = [padded(a), padded(b)];
  if (left.some((m, axis) => m !== right[axis] && m !== 1 && right[axis] !== 1)) return undefined;
  return left.map((m, axis) => (m === 1 ? right[axis] : m));
}

/** Sums over the axes along which `shape` was broadcast to that of `d`: the pullback of broadcasting. */
function unbroadcast(d: Value, shape: Shape): Value {
  const added = d.shape.length - shape.length;
  const axes = d.shape.flatMap((size, axis) =>
    axis < added || (shape[axis - added] === 1 && size !== 1) ? [axis] : [],
  );
  return reshape(axes.length > 0 ? sum(d, axes, true) : d, shape);
}

function binary(op: string, a: Value, b: Value): Value {
  const shape = broadcast(a.shape, b.shape);
  expectShapes(shape !== undefined && a.dtype === b.dtype, op, 'one type and shapes that broadcast', a, b);
  return emit(op, [a, b], shape);
}

/** `a + b`; pulls back `d` and `d`. */
export function add(a: Value, b: Value): Value {
  return differentiable([a, b], [binary('Add', a, b)], ([d]) => [
    unbroadcast(d, a.shape),
    unbroadcast(d, b.shape),
  ]);
}

/** `a - b`; pulls back `d` and `-d`. */
export function sub(a: Value, b: Value): Value {
  return differentiable([a, b], [binary('Sub', a, b)], ([d]) => [
    unbroadcast(d, a.shape),
    neg(unbroadcast(d, b.shape)),
  ]);
}

/** `a b`; pulls back `d b` and `d a`. */
export function mul(a: Value, b: Value): Value {
  return differentiable([a, b], [binary('Mul', a, b)], ([d]) => [
    unbroadcast(mul(d, b), a.shape),
    unbroadcast(mul(d, a), b.shape),
  ]);
}

/** `y = a / b`; pulls back `d / b` and `-d y / b`. Integer types divide towards zero. */
export function div(a: Value, b: Value): Value {
  const y = binary('Div', a, b);
  return differentiable([a, b], [y], ([d]) => {
    const ratio = div(d, b);
    return [unbroadcast(ratio, a.shape), neg(unbroadcast(mul(ratio, y), b.shape))];
  });
}

/** `-x`; pulls back `-d`. */
export function neg(x: Value): Value {
  return differentiable([x], [emit('Neg', [x], x.shape)], ([d]) => [neg(d)]);
}

/** `factor x` for a number known now; pulls back `factor d`. */
export function scale(x: Value, factor: number): Value {
  return factor === 1 ? x : mul(x, x.graph.scalar(factor));
}

/** `x + offset` for a number known now; pulls back `d`. */
export function shift(x: Value, offset: number): Value {
  return add(x, x.graph.scalar(offset));
}

/** `x²`; pulls back `2 d x`. */
export function square(x: Value): Value {
  return differentiable([x], [emit('Mul', [x, x], x.shape)], ([d]) => [mul(d, scale(x, 2))]);
}

/** `y = e^x`; pulls back `d y`. */
export function exp(x: Value): Value {
  const y = emit('Exp', [x], x.shape);
  return differentiable([x], [y], ([d]) => [mul(d, y)]);
}

/** `ln x`; pulls back `d / x`. */
export function log(x: Value): Value {
  return differentiable([x], [emit('Log', [x], x.shape)], ([d]) => [div(d, x)]);
}

/** `y = √x`; pulls back `d / 2y`. */
export function sqrt(x: Value): Value {
  const y = emit('Sqrt', [x], x.shape);
  return differentiable([x], [y], ([d]) => [div(d, scale(y, 2))]);
}

/** `sin x`; pulls back `d cos x`. */
export function sin(x: Value): Value {
  return differentiable([x], [emit('Sin', [x], x.shape)], ([d]) => [mul(d, cos(x))]);
}

/** `cos x`; pulls back `-d sin x`. */
export function cos(x: Value): Value {
  return differentiable([x], [emit('Cos', [x], x.shape)], ([d]) => [neg(mul(d, sin(x)))]);
}

/** The error function; pulls back `d (2/√π) exp(-x²)`. */
export function erf(x: Value): Value {
  return differentiable([x], [emit('Erf', [x], x.shape)], ([d]) => [
    mul(d, scale(exp(neg(square(x))), 2 / Math.sqrt(Math.PI))),
  ]);
}

/** `y = 1 / (1 + e^-x)`; pulls back `d y (1 - y)`. */
export function sigmoid(x: Value): Value {
  const y = emit('Sigmoid', [x], x.shape);
  return differentiable([x], [y], ([d]) => [mul(d, sub(y, square(y)))]);
}

/** Elementwise minimum; `d` goes to the smaller operand, half of it to each where they are equal. */
export function minimum(a: Value, b: Value): Value {
  return differentiable([a, b], [binary('Min', a, b)], ([d]) => {
    const sign = emit('Sign', [sub(b, a)], d.shape); // 1 where a is smaller
    const share = scale(shift(sign, 1), 0.5);
    return [unbroadcast(mul(d, share), a.shape), unbroadcast(mul(d, sub(a.graph.scalar(1), share)), b.shape)];
  });
}

/** Sum over `axes`, which stay with size 1 if `keep`; pulls back `d` spread over them. */
export function sum(x: Value, axes: readonly number[], keep = false): Value {
  const summed = new Set(axes.map((axis) => axisOf('sum', x, axis)));
  const kept = x.shape.map((size, axis) => (summed.has(axis) ? 1 : size));
  const shape = keep ? kept : x.shape.filter((_, axis) => !summed.has(axis));
  const y = emit('ReduceSum', [x, x.graph.integers([...summed])], shape, { keepdims: Number(keep) });
  return differentiable([x], [y], ([d]) => [expand(reshape(d, kept), x.shape)]);
}

/** Mean over `axes`, which stay with size 1 if `keep`. */
export function mean(x: Value, axes: readonly number[], keep = false): Value {
  const summed = new Set(axes.map((axis) => axisOf('mean', x, axis)));
  const kept = x.shape.map((size, axis) => (summed.has(axis) ? 1 : size));
  const shape = keep ? kept : x.shape.filter((_, axis) => !summed.has(axis));
  const y = emit('ReduceMean', [x, x.graph.integers([...summed])], shape, { keepdims: Number(keep) });
  return differentiable([x], [y], ([d]) => [
    expand(reshape(scale(d, sizeOf(shape) / sizeOf(x.shape)), kept), x.shape),
  ]);
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
  const pads = [...none.with(along, start), ...none.with(along, size - end)];
  return differentiable([x], [y], ([d]) => [pad(d, pads)]);
}

/** Zeros around: `pads` holds how many before each axis, then how many after; pulls back the inner part. */
function pad(x: Value, pads: readonly number[]): Value {
  const rank = x.shape.length;
  const shape = x.shape.map((size, axis) => pads[axis] + size + pads[axis + rank]);
  const y = emit('Pad', [x, x.graph.integers(pads), x.graph.scalar(0)], shape);
  return differentiable([x], [y], ([d]) => [
    x.shape.reduce((part, size, axis) => slice(part, axis, pads[axis], pads[axis] + size), d),
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

/**
 * Matrix product over the last two axes, the others equal: `[..., n, k] [..., k, m] -> [..., n, m]`.
 * Pulls back `d bᵀ` and `aᵀ d`.
 */
export function matmul(a: Value, b: Value): Value {
  const fits =
    a.dtype === b.dtype &&
    a.shape.length >= 2 &&
    sameShape(a.shape.slice(0, -2), b.shape.slice(0, -2)) &&
    a.shape.at(-1) === b.shape.at(-2);
  expectShapes(fits, 'matmul', '[..., n, k] and [..., k, m]', a, b);
  const y = emit('MatMul', [a, b], [...a.shape.slice(0, -1), b.shape.at(-1)!]);
  return differentiable([a, b], [y], ([d]) => [matmul(d, transposeLast(b)), matmul(transposeLast(a), d)]);
}

/**
 * Rows of a table: `table [n, ...], ids int64 [...] -> [...ids, ...]`; n may be unknown if no gradient is wanted.
 * Pulls back `onehot(ids)ᵀ d`, a matrix product, so that repeated ids add up in a fixed order.
 */
export function gatherRows(table: Value, ids: Value): Value {
  expectShapes(
    ids.dtype === 'int64' && table.shape.length >= 1,
    'gatherRows',
    'a table and int64 ids',
    table,
    ids,
  );
  const [rows, ...rest] = table.shape;
  const y = emit('Gather', [table, ids], [...ids.shape, ...rest], { axis: 0 });
  return differentiable([table], [y], ([d]) => {
    expectShapes(rows !== UNKNOWN, 'the gradient of gatherRows', 'a known number of rows', table);
    const count = sizeOf(ids.shape);
    const [onehot] = table.graph.node(
      'OneHot',
      [ids, table.graph.integers([rows]), table.graph.constant('float32', [2], Float32Array.of(0, 1))],
      [{ dtype: 'float32', shape: [...ids.shape, rows] }],
      { axis: -1 },
    );
    const width = sizeOf(rest);
    const spread = transposeLast(reshape(onehot, [count, rows]));
    return [reshape(matmul(spread, reshape(d, [count, width])), table.shape)];
  });
}

/** Conversion to another type; gradients do not pass. */
export function cast(x: Value, dtype: Value['dtype']): Value {
  if (x.dtype === dtype) return x;
  return x.graph.node('Cast', [x], [{ dtype, shape: x.shape }], { to: DATA_TYPE[dtype] })[0];
}

/**
 * Arithmetic and functions of each element. In the formulas `d` is the gradient of the output. Binary operations
 * broadcast as NumPy does.
 */

import type { Value } from '../graph.js';
import { DATA_TYPE, type DType } from '../proto.js';
import { broadcast, differentiable, emit, expectShapes } from './operation.js';
import { greater, sign, where } from './selection.js';
import { unbroadcast } from './shape.js';

/** A node of two inputs of one type that broadcast together. */
export function binary(op: string, a: Value, b: Value): Value {
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

/** `y = tanh x`; pulls back `d (1 - y²)`. */
export function tanh(x: Value): Value {
  const y = emit('Tanh', [x], x.shape);
  return differentiable([x], [y], ([d]) => [mul(d, shift(neg(square(y)), 1))]);
}

/** `max(x, 0)`; pulls back `d` where x > 0, 0 elsewhere. */
export function relu(x: Value): Value {
  return differentiable([x], [emit('Relu', [x], x.shape)], ([d]) => [
    where(greater(x, x.graph.scalar(0)), d, d.graph.scalar(0)),
  ]);
}

/** `|x|`; pulls back `d sign x`, so 0 at 0. */
export function abs(x: Value): Value {
  return differentiable([x], [emit('Abs', [x], x.shape)], ([d]) => [mul(d, sign(x))]);
}

/**
 * `x^n` for a number known now, not 0; pulls back `d n x^(n-1)`. Not a number where x < 0 and n has a fraction.
 * @throws if `exponent` is 0 or not finite
 */
export function pow(x: Value, exponent: number): Value {
  if (!Number.isFinite(exponent) || exponent === 0)
    throw new Error(`Expected a finite number other than 0 for exponent of pow but received ${exponent}`);
  if (exponent === 1) return x;
  if (exponent === 2) return square(x);
  const y = emit('Pow', [x, x.graph.scalar(exponent)], x.shape);
  return differentiable([x], [y], ([d]) => [mul(d, scale(pow(x, exponent - 1), exponent))]);
}

/** Conversion to another type; gradients do not pass. */
export function cast(x: Value, dtype: DType): Value {
  if (x.dtype === dtype) return x;
  return x.graph.node('Cast', [x], [{ dtype, shape: x.shape }], { to: DATA_TYPE[dtype] })[0];
}

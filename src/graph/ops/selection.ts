/** Comparisons, and operations whose result is one of several operands. `d` is the gradient of the output. */
import type { Value } from '../graph.js';
import { binary, mul, scale, shift, sub } from './elementwise.js';
import { broadcast, differentiable, emit, expectShapes } from './operation.js';
import { unbroadcast } from './shape.js';

function compare(op: string, a: Value, b: Value): Value {
  const shape = broadcast(a.shape, b.shape);
  expectShapes(shape !== undefined && a.dtype === b.dtype, op, 'one type and shapes that broadcast', a, b);
  return a.graph.node(op, [a, b], [{ dtype: 'bool', shape }])[0];
}

/** `a < b`, bool. */
export const less = (a: Value, b: Value): Value => compare('Less', a, b);

/** `a > b`, bool. */
export const greater = (a: Value, b: Value): Value => compare('Greater', a, b);

/** `a = b`, bool; of floats, integers or booleans. */
export const equal = (a: Value, b: Value): Value => compare('Equal', a, b);

/** Negation of a bool. */
export function not(x: Value): Value {
  expectShapes(x.dtype === 'bool', 'not', 'a bool', x);
  return emit('Not', [x], x.shape);
}

/** -1, 0 or 1; gradients do not pass. */
export function sign(x: Value): Value {
  return emit('Sign', [x], x.shape);
}

/** `a` where the condition holds, otherwise `b`; all three broadcast. Pulls back `d` to the chosen one and 0 to the other. */
export function where(condition: Value, a: Value, b: Value): Value {
  const shape = broadcast(condition.shape, a.shape, b.shape);
  const fits = shape !== undefined && condition.dtype === 'bool' && a.dtype === b.dtype;
  expectShapes(fits, 'where', 'a bool, two values of one type, and shapes that broadcast', condition, a, b);
  const [y] = a.graph.node('Where', [condition, a, b], [{ dtype: a.dtype, shape }]);
  return differentiable([a, b], [y], ([d]) => {
    const zero = d.graph.scalar(0);
    return [unbroadcast(where(condition, d, zero), a.shape), unbroadcast(where(condition, zero, d), b.shape)];
  });
}

/** One of two operands: `a` where `lead` is above 0, `b` where it is below, both where it is 0. */
function chosen(op: string, a: Value, b: Value, lead: () => Value): Value {
  return differentiable([a, b], [binary(op, a, b)], ([d]) => {
    const share = scale(shift(sign(lead()), 1), 0.5); // 1 where a is the result
    return [unbroadcast(mul(d, share), a.shape), unbroadcast(mul(d, sub(a.graph.scalar(1), share)), b.shape)];
  });
}

/** Elementwise minimum; pulls back `d` to the smaller operand, half of it to each where they are equal. */
export const minimum = (a: Value, b: Value): Value => chosen('Min', a, b, () => sub(b, a));

/** Elementwise maximum; pulls back `d` to the larger operand, half of it to each where they are equal. */
export const maximum = (a: Value, b: Value): Value => chosen('Max', a, b, () => sub(a, b));

/**
 * `min(max(x, low), high)` for numbers known now; pulls back `d` where low ≤ x ≤ high, 0 elsewhere.
 * @throws if low > high
 */
export function clamp(x: Value, low: number, high: number): Value {
  if (!(low <= high)) throw new Error(`Expected low <= high for clamp but received ${low} and ${high}`);
  const y = emit('Clip', [x, x.graph.scalar(low), x.graph.scalar(high)], x.shape);
  return differentiable([x], [y], ([d]) => [where(equal(x, y), d, d.graph.scalar(0))]);
}

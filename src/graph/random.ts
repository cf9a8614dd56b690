/**
 * Gaussian noise computed inside a graph, a pure function of (key, counter, index): a resumed run, another number of
 * steps in a run or another batch split gives the same noise, and none crosses the process boundary.
 * Generator: squares (Widynski, "Squares: A Fast Counter-Based RNG", arXiv 2004.06278), with additions, products and
 * divisions of uint64 alone, which every execution provider has; then the Box-Muller transform.
 */
import type { Random } from '../random/random.js';
import type { Value } from './graph.js';
import { add, cast, concat, cos, div, log, mul, reshape, scale, shift, sin, slice, sqrt } from './ops.js';

/**
 * A key for `normals`: as the paper asks, hexadecimal digits 1..15 that are all different within each half, and odd.
 */
export function squaresKey(random: Random): bigint {
  const half = (odd: boolean): bigint => {
    const digits = [...random.permutation(15).subarray(0, 8)].map((digit) => digit + 1);
    if (odd && digits[7] % 2 === 0) {
      const swap = digits.findIndex((digit) => digit % 2 === 1); // 8 of 15 digits cannot all be even
      [digits[swap], digits[7]] = [digits[7], digits[swap]];
    }
    return digits.reduce((value, digit) => value * 16n + BigInt(digit), 0n);
  };
  return half(false) * 2n ** 32n + half(true);
}

/** Two words of 32 bits (in uint64) for each counter: rounds four and five of squares. */
function squares(counter: Value, key: Value): [Value, Value] {
  const two32 = counter.graph.constant('uint64', [], BigUint64Array.of(2n ** 32n));
  const y = mul(counter, key);
  const z = add(y, key);
  const high = (x: Value) => div(x, two32);
  const swapHalves = (x: Value, highOfX = high(x)) => add(highOfX, mul(x, two32));
  const round = (x: Value, offset: Value) => add(mul(x, x), offset);
  const third = swapHalves(round(swapHalves(round(swapHalves(round(y, y)), z)), y));
  const fourth = round(third, z);
  const first = high(fourth);
  return [first, high(round(swapHalves(fourth, first), y))];
}

/**
 * Standard normals [rows, columns]. Row r depends on the key, `counters[r]` and nothing else.
 * @param key uint64 [], from `squaresKey`
 * @param counters uint64 [rows], each below 2^32 and different
 * @param columns normals in a row, at most 2^33
 */
export function normals(key: Value, counters: Value, columns: number): Value {
  const [rows] = counters.shape;
  const pairs = Math.ceil(columns / 2);
  const { graph } = counters;
  const stride = graph.constant('uint64', [], BigUint64Array.of(2n ** 32n));
  const index = graph.constant(
    'uint64',
    [1, pairs],
    BigUint64Array.from({ length: pairs }, (_, i) => BigInt(i)),
  );
  const [first, second] = squares(add(reshape(mul(counters, stride), [rows, 1]), index), key);
  // The half keeps the logarithm finite; rounding to float32 may give 1 and so a radius of 0.
  const radius = sqrt(scale(log(scale(shift(cast(first, 'float32'), 0.5), 2 ** -32)), -2));
  const angle = scale(cast(second, 'float32'), (2 * Math.PI) / 2 ** 32);
  return slice(concat([mul(radius, cos(angle)), mul(radius, sin(angle))], 1), 1, 0, columns);
}

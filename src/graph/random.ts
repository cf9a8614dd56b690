/**
 * Random numbers computed inside a graph, a pure function of (key, position): a resumed run, another number of steps in
 * a run or another batch split gives the same numbers, and none crosses the process boundary.
 * Generator: squares (Widynski, "Squares: A Fast Counter-Based RNG", arXiv 2004.06278), with additions, products and
 * divisions of uint64 alone, which every execution provider has. A key names a sequence of 2^64 pairs of 32-bit words;
 * a position is an index into it.
 */
import type { Random } from '../random/random.js';
import { type Shape, sizeOf, type Value } from './graph.js';
import {
  add,
  cast,
  concat,
  cos,
  div,
  emit,
  expectShapes,
  less,
  log,
  mul,
  reshape,
  scale,
  shift,
  sin,
  slice,
  sqrt,
  where,
} from './ops/index.js';

/**
 * A key of the generator: as the paper asks, hexadecimal digits 1..15 that are all different within each half, and odd.
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

/** A uint64 constant of shape []. */
const word = (of: Value, value: bigint): Value => of.graph.constant('uint64', [], BigUint64Array.of(value));

/** Two words of 32 bits (in uint64) for each position: rounds four and five of squares. */
function squares(counter: Value, key: Value): [Value, Value] {
  const two32 = word(counter, 2n ** 32n);
  const y = mul(counter, key);
  const z = add(y, key);
  // CUDA has no shift; on the processor it is many times faster than the division.
  const bits = word(counter, 32n);
  const high = (x: Value) =>
    x.graph.target === 'cpu' ? emit('BitShift', [x, bits], x.shape, { direction: 'RIGHT' }) : div(x, two32);
  const swapHalves = (x: Value, highOfX = high(x)) => add(highOfX, mul(x, two32));
  const round = (x: Value, offset: Value) => add(mul(x, x), offset);
  const third = swapHalves(round(swapHalves(round(swapHalves(round(y, y)), z)), y));
  const fourth = round(third, z);
  const first = high(fourth);
  return [first, high(round(swapHalves(fourth, first), y))];
}

/**
 * The two words at positions `starts[r] + i`, i < pairs: two values uint64 [rows, pairs].
 * The indices are a sum of two short ranges, so that the model's file holds no long one.
 */
function words(key: Value, starts: Value, pairs: number): [Value, Value] {
  expectShapes(
    key.dtype === 'uint64' &&
      key.shape.length === 0 &&
      starts.dtype === 'uint64' &&
      starts.shape.length === 1,
    'random words',
    'a key uint64 [] and starts uint64 [rows]',
    key,
    starts,
  );
  const [rows] = starts.shape;
  const blocks = Math.ceil(Math.sqrt(pairs));
  const length = Math.ceil(pairs / blocks);
  const range = (count: number, step: number, shape: Shape) =>
    starts.graph.constant(
      'uint64',
      shape,
      BigUint64Array.from({ length: count }, (_, i) => BigInt(i * step)),
    );
  const firsts = add(reshape(starts, [rows, 1, 1]), range(blocks, length, [blocks, 1]));
  const all = reshape(add(firsts, range(length, 1, [length])), [rows, blocks * length]);
  return squares(slice(all, 1, 0, pairs), key);
}

/** The first `columns` of two values [rows, pairs] laid side by side. */
const sideBySide = (first: Value, second: Value, columns: number): Value =>
  slice(concat([first, second], 1), 1, 0, columns);

/**
 * Standard normals [rows, columns], by the Box-Muller transform: with p = ⌈columns / 2⌉, column i < p takes the cosine
 * and column p + i the sine of the pair at position `starts[r] + i`. Row r depends on the key and `starts[r]` (on
 * the other rows in the last bit at most); rows whose positions do not overlap are independent.
 * @param key uint64 [], from `squaresKey`
 * @param starts uint64 [rows], the first position of each row
 */
export function normals(key: Value, starts: Value, columns: number): Value {
  const [first, second] = words(key, starts, Math.ceil(columns / 2));
  // The half keeps the logarithm finite; rounding to float32 may give 1 and so a radius of 0.
  const radius = sqrt(scale(log(scale(shift(cast(first, 'float32'), 0.5), 2 ** -32)), -2));
  const angle = scale(cast(second, 'float32'), (2 * Math.PI) / 2 ** 32);
  return sideBySide(mul(radius, cos(angle)), mul(radius, sin(angle)), columns);
}

/** Elements of a dropout mask that one word of 32 bits decides. */
const PER_WORD = 4;

/** Positions that one `RandomStream` may use. */
const STREAM_LENGTH = 2 ** 32;

/**
 * Draws, one after another, from a key's sequence: each takes the positions that follow those of the draw before, which
 * is settled while the graph is built. Streams whose first positions lie 2^32 or more apart never overlap.
 */
export class RandomStream {
  private used = 0;

  /**
   * @param key uint64 [], from `squaresKey`
   * @param position uint64 [], where the stream starts: a multiple of 2^32, such as 2^32 times the training step
   */
  constructor(
    private readonly key: Value,
    private readonly position: Value,
  ) {}

  /** Start uint64 [1] of the next `pairs` positions. */
  private take(pairs: number): Value {
    if (this.used + pairs > STREAM_LENGTH)
      throw new Error(
        `Expected at most ${STREAM_LENGTH} positions for a random stream but received ${this.used + pairs}`,
      );
    const start = add(this.position, word(this.position, BigInt(this.used)));
    this.used += pairs;
    return reshape(start, [1]);
  }

  /** The next words for `count` elements: half of them, rounded up, in each of two values uint64 [1, pairs]. */
  private words(count: number): [Value, Value] {
    const pairs = Math.ceil(count / 2);
    return words(this.key, this.take(pairs), pairs);
  }

  /** Standard normals of this shape. */
  normals(shape: Shape): Value {
    const count = sizeOf(shape);
    return reshape(normals(this.key, this.take(Math.ceil(count / 2)), count), shape);
  }

  /** Uniform numbers of this shape in [0, 1): multiples of 2^-24. */
  uniforms(shape: Shape): Value {
    const count = sizeOf(shape);
    const [first, second] = this.words(count).map((bits) => cast(div(bits, word(bits, 256n)), 'float32'));
    return reshape(scale(sideBySide(first, second, count), 2 ** -24), shape);
  }

  /**
   * Inverted dropout (Srivastava et al. 2014): `x m / (1 - rate)` where each m is 0 with probability `rate`, otherwise 1;
   * pulls back `d m / (1 - rate)`. A word u, uniform in [0, 1], decides four elements one after another, as an arithmetic
   * decoder does: whether u < rate or not, what is left, `u / rate` or `(u - rate) / (1 - rate)`, is uniform again. So
   * the masks are independent but for the rounding of u, 2^-24.
   * @param rate 0 (returns `x` and draws nothing) to below 1
   */
  dropout(x: Value, rate: number): Value {
    if (!(rate >= 0 && rate < 1))
      throw new Error(`Expected a number of at least 0 and below 1 for rate of dropout but received ${rate}`);
    if (rate === 0) return x;
    const { graph } = x;
    const count = sizeOf(x.shape);
    const pairs = this.words(Math.ceil(count / PER_WORD)).map((bits) => cast(bits, 'float32'));
    let u = scale(concat(pairs, 1), 2 ** -32);
    const masks: Value[] = [];
    while (masks.length < PER_WORD) {
      const dropped = less(u, graph.scalar(rate));
      masks.push(where(dropped, graph.scalar(0), graph.scalar(1 / (1 - rate))));
      u = where(dropped, scale(u, 1 / rate), scale(shift(u, -rate), 1 / (1 - rate)));
    }
    return mul(x, reshape(slice(concat(masks, 1), 1, 0, count), x.shape));
  }
}

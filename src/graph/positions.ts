/** Positions as vectors that a network can read (Vaswani et al. 2017, section 3.5). */
import type { Graph, Value } from './graph.js';
import { concat, cos, expectShapes, mul, reshape, sin } from './ops/index.js';

const frequencies = (width: number): Float64Array =>
  Float64Array.from({ length: width / 2 }, (_, i) => 10000 ** ((-2 * i) / width));

/**
 * Code of positions 0 .. count-1 as a constant [count, width]: `sin(p f_i)` and `cos(p f_i)` in turn, `f_i = 10000^(-2i/width)`.
 * @param width even
 */
export function sinusoidalPositions(graph: Graph, count: number, width: number): Value {
  const f = frequencies(width);
  const table = new Float32Array(count * width);
  for (let position = 0; position < count; position++)
    f.forEach((frequency, i) => {
      const angle = position * frequency;
      table[position * width + 2 * i] = Math.sin(angle);
      table[position * width + 2 * i + 1] = Math.cos(angle);
    });
  return graph.constant('float32', [count, width], table);
}

/** The same code of positions known when the graph runs: float [n] -> [n, width]. */
export function sinusoidalCode(positions: Value, width: number): Value {
  expectShapes(
    positions.shape.length === 1 && width % 2 === 0,
    'sinusoidalCode',
    `[n], and an even width, not ${width},`,
    positions,
  );
  const [count] = positions.shape;
  const half = width / 2;
  const f = positions.graph.constant('float32', [half], Float32Array.from(frequencies(width)));
  const angle = mul(reshape(positions, [count, 1]), f);
  const pairs = [sin(angle), cos(angle)].map((part) => reshape(part, [count, half, 1]));
  return reshape(concat(pairs, 2), [count, width]);
}

/** Coarser and finer images, in blocks that do not overlap: reductions and expansions of the blocks' own axes. */
import type { Value } from '../graph.js';
import { expectShapes } from './operation.js';
import { max, mean } from './reduce.js';
import { expand, reshape } from './shape.js';

/** x [batch, channels, h, w] as [batch, channels, h / size, size, w / size, size]. */
function blocks(op: string, x: Value, size: number): Value {
  const [batch, channels, height, width] = x.shape;
  const fits = Number.isInteger(size) && size >= 1 && height % size === 0 && width % size === 0;
  const what = `[batch, channels, h, w] with h and w multiples of ${size}`;
  expectShapes(x.shape.length === 4 && fits, op, what, x);
  return reshape(x, [batch, channels, height / size, size, width / size, size]);
}

/** Mean of each block of `size` by `size`: [batch, channels, h, w] -> [batch, channels, h / size, w / size]. */
export const avgPool2d = (x: Value, size: number): Value => mean(blocks('avgPool2d', x, size), [3, 5]);

/** Largest element of each block of `size` by `size`: [batch, channels, h, w] -> [batch, channels, h / size, w / size]. */
export const maxPool2d = (x: Value, size: number): Value => max(blocks('maxPool2d', x, size), [3, 5]);

/** Each element `size` by `size` times: [batch, channels, h, w] -> [batch, channels, size h, size w]. */
export function upsampleNearest2d(x: Value, size: number): Value {
  const fits = x.shape.length === 4 && Number.isInteger(size) && size >= 1;
  expectShapes(
    fits,
    'upsampleNearest2d',
    `[batch, channels, h, w] and an integer of at least 1, not ${size},`,
    x,
  );
  const [batch, channels, height, width] = x.shape;
  const single = reshape(x, [batch, channels, height, 1, width, 1]);
  const repeated = expand(single, [batch, channels, height, size, width, size]);
  return reshape(repeated, [batch, channels, size * height, size * width]);
}

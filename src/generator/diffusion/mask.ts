/** Which frames of a batch belong to its motions, and which fill them up to the longest. */
import { cast, less, reshape, type Value } from '../../graph/index.js';

/** Float [batch, frames]: 1 for the first `lengths` frames of each motion, then 0. `lengths` is int64 [batch]. */
export function frameMask(lengths: Value, frames: number): Value {
  const [batch] = lengths.shape;
  const { graph } = lengths;
  const index = graph.integers(Array.from({ length: frames }, (_, t) => t));
  const ends = reshape(lengths, [batch, 1]);
  return cast(less(index, ends), 'float32');
}

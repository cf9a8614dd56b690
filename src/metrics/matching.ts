import { Random } from '../random/random.js';
import { newTable, type Table } from './table.js';

/** Conditions a motion is compared with, the right one among them, and how often they are drawn, as in Guo et al. 2022. */
const POOL = 32;
const REPETITIONS = 20;
const TOP = 3;

/**
 * Matching score (multimodal distance; Guo et al., CVPR 2022, section 5): mean over motions of the Euclidean distance between a motion's
 * embedding and its condition's. Lower is better.
 * @param motions [N, d]
 * @param conditions [C, d]: one row per condition
 * @param labels condition of each motion, 0 to C - 1
 */
export function matchingDistance(motions: Table, conditions: Table, labels: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < motions.rows; i++) sum += between(motions, i, conditions, labels[i]);
  return sum / motions.rows;
}

/** How R-precision draws its pools. */
export interface PoolOptions {
  /** Conditions in a pool; default 32. */
  pool?: number;
  /** Pools drawn for each motion, where there are more conditions than one holds; default 20. */
  repetitions?: number;
  /** Entry k - 1 of the result is top-k; default 3. */
  top?: number;
}

/**
 * R-precision (Guo et al., CVPR 2022): the share of motions whose condition is among the k nearest of a pool of conditions, for k = 1 to
 * `top`. The conditions of a pool are all different, so none of the wrong ones is right as well. With at most `pool` conditions in all,
 * which is so for a few actions, the pool is all of them, nothing is drawn, and chance is k / C; figures of pools of another size do not
 * compare. With more, the others are drawn `repetitions` times for each motion, by keys that depend on its place alone. A tie is a miss.
 */
export function rPrecision(
  motions: Table,
  conditions: Table,
  labels: ArrayLike<number>,
  { pool = POOL, repetitions = REPETITIONS, top = TOP }: PoolOptions = {},
): number[] {
  const count = conditions.rows;
  const whole = count <= pool;
  const rounds = whole ? 1 : repetitions;
  const hits = new Float64Array(top);
  for (let i = 0; i < motions.rows; i++) {
    const away = Float64Array.from({ length: count }, (_, k) => between(motions, i, conditions, k));
    const right = labels[i];
    for (let round = 0; round < rounds; round++) {
      const others = whole ? undefined : drawOthers(count, pool - 1, right, i, round);
      const nearer = (k: number): number => (k !== right && away[k] <= away[right] ? 1 : 0);
      let rank = 0;
      if (others) for (const k of others) rank += nearer(k);
      else for (let k = 0; k < count; k++) rank += nearer(k);
      for (let k = rank; k < top; k++) hits[k]++;
    }
  }
  return [...hits].map((hit) => hit / (rounds * motions.rows));
}

/** `size` different numbers below `count`, without `right`: the start of a shuffle. */
function drawOthers(count: number, size: number, right: number, item: number, round: number): Int32Array {
  const random = new Random('R-precision pool', item, round);
  const all = Int32Array.from({ length: count - 1 }, (_, k) => (k < right ? k : k + 1));
  for (let k = 0; k < size; k++) {
    const other = k + random.integer(all.length - k);
    [all[k], all[other]] = [all[other], all[k]];
  }
  return all.subarray(0, size);
}

/** Euclidean distance of row i of one table to row k of another. */
function between(a: Table, i: number, b: Table, k: number): number {
  let sum = 0;
  for (let j = 0; j < a.columns; j++) sum += (a.data[i * a.columns + j] - b.data[k * b.columns + j]) ** 2;
  return Math.sqrt(sum);
}

/** Rows scaled to length 1; a row of zeros stays one. */
export function unitRows({ rows, columns, data }: Table): Table {
  const out = newTable(rows, columns);
  for (let i = 0; i < rows; i++) {
    const row = data.subarray(i * columns, (i + 1) * columns);
    const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    for (let j = 0; j < columns; j++) out.data[i * columns + j] = row[j] / (length || 1);
  }
  return out;
}

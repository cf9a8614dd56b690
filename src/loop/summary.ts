import type { DifferenceRow, GenerationRow, Row, SummaryRow } from './layout.js';
import { meanInterval, slopeInterval } from './statistics.js';

/** The series of one arm and seed: generation 0 (shared) and the arm's own generations. */
function series(rows: readonly GenerationRow[], seed: number, arm: string): GenerationRow[] {
  return rows
    .filter((row) => row.seed === seed && (row.arm === arm || row.arm === null))
    .sort((a, b) => a.generation - b.generation);
}

/**
 * Slopes per generation of every arm and metric, and with two seeds or more their mean over seeds and the paired differences
 * between arms. Needs two generations after generation 0; gives nothing before.
 */
export function summarise(
  rows: readonly Row[],
  arms: readonly string[],
  seeds: readonly number[],
): (SummaryRow | DifferenceRow)[] {
  const generations = rows.filter((row): row is GenerationRow => row.kind === 'generation');
  const out: (SummaryRow | DifferenceRow)[] = [];
  const slopes = new Map<string, number[]>();
  const lasts = new Map<string, number[]>();
  const push = (map: Map<string, number[]>, key: string, value: number): void => {
    map.set(key, [...(map.get(key) ?? []), value]);
  };
  const metrics = Object.keys(generations[0]?.metrics ?? {});
  const last = Math.max(...generations.map((row) => row.generation));
  if (last < 2) return out;
  for (const seed of seeds)
    for (const arm of arms) {
      const line = series(generations, seed, arm);
      for (const metric of metrics) {
        const y = line.map((row) => row.metrics[metric]);
        const fit = slopeInterval(
          line.map((row) => row.generation),
          y,
        );
        out.push({ kind: 'summary', seed, arm, metric, ...fit, generations: [0, last] });
        push(slopes, `${arm}/${metric}`, fit.slope);
        push(lasts, `${arm}/${metric}`, y[y.length - 1]);
      }
    }
  if (seeds.length < 2) return out;
  for (const arm of arms)
    for (const metric of metrics) {
      const { mean, interval } = meanInterval(slopes.get(`${arm}/${metric}`)!);
      out.push({ kind: 'summary', seed: null, arm, metric, slope: mean, interval, generations: [0, last] });
    }
  for (const [quantity, values] of [
    ['slope', slopes],
    ['last', lasts],
  ] as const)
    for (let a = 0; a < arms.length; a++)
      for (let b = 0; b < a; b++)
        for (const metric of metrics) {
          const of = values.get(`${arms[a]}/${metric}`)!;
          const against = values.get(`${arms[b]}/${metric}`)!;
          const { mean, interval } = meanInterval(of.map((value, i) => value - against[i]));
          out.push({
            kind: 'difference',
            arm: arms[a],
            against: arms[b],
            metric,
            quantity,
            difference: mean,
            interval,
            seeds: seeds.length,
          });
        }
  return out;
}

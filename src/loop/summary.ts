import {
  type Curves,
  collapseAlarms,
  contraction,
  pointsOf,
  rateAlarms,
  WATCHED,
  type Watch,
} from './alarm.js';
import type { DifferenceRow, Metrics, Row, SummaryRow, TheoryRow } from './layout.js';
import { pairedTests } from './paired-tests.js';
import { meanInterval, slopeInterval } from './statistics.js';
import type { TheoryCurve } from './task.js';
import { checkTheory } from './theory-check.js';

/** What a summary needs beside the rows of the generations. */
export interface SummaryOptions {
  arms: readonly string[];
  seeds: readonly number[];
  watch?: Watch;
  /** Closed forms of an arm. */
  theory?: (arm: string) => TheoryCurve[];
}

/**
 * Slopes per generation of every arm and metric, and with two seeds or more their mean over seeds and the paired differences
 * between arms with their tests; contraction rates, alarms and closed forms. Needs two generations after generation 0 (closed
 * forms need none); gives nothing before. Where only some generations are evaluated, all this is of those, and slopes need three of them.
 */
export function summarise(rows: readonly Row[], options: SummaryOptions): Row[] {
  const { arms, seeds, watch = WATCHED, theory } = options;
  const byArm = curvesOf(rows, arms, seeds);
  const noise = seeds.map((seed): Metrics => {
    const row = rows.find((one) => one.kind === 'noise' && one.seed === seed);
    return row?.kind === 'noise' ? row.spread : {};
  });
  const last = (byArm[0]?.metrics[0]?.length ?? 1) - 1;
  const checks: TheoryRow[] = byArm.flatMap(({ arm, metrics }) =>
    (theory?.(arm) ?? []).map((curve) =>
      checkTheory(
        arm,
        curve,
        metrics.map((line) => line[last][curve.metric]),
      ),
    ),
  );
  if (last < 2) return checks;
  const rates = byArm.flatMap((curves) => contraction(curves, watch));
  return [
    ...slopesAndDifferences(byArm, seeds, last),
    ...rates,
    ...byArm.flatMap((curves) => collapseAlarms(curves, watch, noise)),
    ...rateAlarms(rates),
    ...checks,
  ];
}

/** Metrics of every arm by seed and generation, generation 0 being shared. */
function curvesOf(rows: readonly Row[], arms: readonly string[], seeds: readonly number[]): Curves[] {
  const lines = new Map<string, Metrics[]>();
  for (const row of rows)
    if (row.kind === 'generation') {
      const key = `${row.seed}/${row.arm}`;
      const line = lines.get(key) ?? [];
      line[row.generation] = row.metrics;
      lines.set(key, line);
    }
  return arms.map((arm) => ({
    arm,
    seeds,
    metrics: seeds.map((seed) => {
      const line = [...(lines.get(`${seed}/${arm}`) ?? [])];
      line[0] = (lines.get(`${seed}/null`) as Metrics[])[0];
      return line;
    }),
  }));
}

function slopesAndDifferences(
  byArm: readonly Curves[],
  seeds: readonly number[],
  last: number,
): (SummaryRow | DifferenceRow)[] {
  const out: (SummaryRow | DifferenceRow)[] = [];
  const metrics = Object.keys(byArm[0].metrics[0][0]);
  const generations: [number, number] = [0, last];
  const slopes = new Map<string, number[]>();
  const lasts = new Map<string, number[]>();
  const push = (map: Map<string, number[]>, key: string, value: number): void => {
    const list = map.get(key);
    if (list) list.push(value);
    else map.set(key, [value]);
  };
  seeds.forEach((seed, s) => {
    for (const { arm, metrics: lines } of byArm)
      for (const metric of metrics) {
        const { generations: x, values: y } = pointsOf(lines[s], metric);
        push(lasts, `${arm}/${metric}`, lines[s][last][metric]);
        if (x.length < 3) continue;
        const fit = slopeInterval(x, y);
        out.push({ kind: 'summary', seed, arm, metric, ...fit, generations });
        push(slopes, `${arm}/${metric}`, fit.slope);
      }
  });
  if (seeds.length < 2) return out;
  for (const { arm } of byArm)
    for (const metric of metrics) {
      const own = slopes.get(`${arm}/${metric}`) ?? [];
      if (own.length < 2) continue;
      const { mean, interval } = meanInterval(own);
      out.push({ kind: 'summary', seed: null, arm, metric, slope: mean, interval, generations });
    }
  for (const [quantity, values] of [
    ['slope', slopes],
    ['last', lasts],
  ] as const)
    for (let a = 0; a < byArm.length; a++)
      for (let b = 0; b < a; b++)
        for (const metric of metrics) {
          const [arm, against] = [byArm[a].arm, byArm[b].arm];
          const other = values.get(`${against}/${metric}`) ?? [];
          const differences = (values.get(`${arm}/${metric}`) ?? []).map((value, i) => value - other[i]);
          if (differences.length < seeds.length) continue;
          const { mean, interval } = meanInterval(differences);
          out.push({
            kind: 'difference',
            arm,
            against,
            metric,
            quantity,
            difference: mean,
            interval,
            seeds: seeds.length,
            lower: differences.filter((value) => value < 0).length,
            p: pairedTests(differences),
          });
        }
  return out;
}

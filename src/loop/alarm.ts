import { changePoint } from './change-point.js';
import type { AlarmRow, ContractionRow, Metrics } from './layout.js';
import { meanInterval, slopeInterval } from './statistics.js';

/** In which direction a metric moves when a model collapses. */
export type Watch = Record<string, 'rise' | 'fall'>;

/** What is watched where a task does not say. */
export const WATCHED: Watch = {
  fid: 'rise',
  w2: 'rise',
  diversity: 'fall',
  withinDiversity: 'fall',
  recall: 'fall',
  variance: 'fall',
};

/** Largest p-value of a change that raises the alarm. */
const LEVEL = 0.01;

/** The curve of one arm: generation 0, 1, ... of each seed. */
export interface Curves {
  arm: string;
  seeds: readonly number[];
  /** Metrics by seed and generation; of a generation that was not evaluated some or all are missing. */
  metrics: readonly (readonly Metrics[])[];
}

/** The generations that have a metric, and its values there. */
export function pointsOf(
  line: readonly Metrics[],
  metric: string,
): { generations: number[]; values: number[] } {
  const generations = [...line.keys()].filter((t) => Number.isFinite(line[t]?.[metric]));
  return { generations, values: generations.map((t) => line[t][metric]) };
}

/**
 * A change for the worse in the level of a watched metric, for each seed: by Pettitt's test at 1 %, and larger than twice the noise
 * of one evaluation where that is known.
 */
export function collapseAlarms(curves: Curves, watch: Watch, noise: readonly Metrics[]): AlarmRow[] {
  return curves.seeds.flatMap((seed, s) =>
    Object.entries(watch).flatMap(([metric, bad]): AlarmRow[] => {
      const { generations, values } = pointsOf(curves.metrics[s], metric);
      if (values.length < 4) return [];
      const { at, shift, p } = changePoint(values);
      const worse = bad === 'rise' ? shift > 0 : shift < 0;
      if (!worse || p > LEVEL || Math.abs(shift) <= 2 * (noise[s]?.[metric] ?? 0)) return [];
      const generation = generations[at];
      return [{ kind: 'alarm', sign: 'change point', seed, arm: curves.arm, metric, generation, shift, p }];
    }),
  );
}

/**
 * How a watched distance goes on from one generation to the next: the slope of e(t + 1) over e(t), 1 for a distance that neither
 * heals nor grows, the bound rho / (1 + gamma) of Gillman et al. 2024 at most where their theorem holds. Noise in e(t) makes it smaller than it is,
 * so a rate above 1 is no artefact. Mean over seeds with its 95 % interval, or that of the fit for a single seed. Where only every
 * k-th generation is evaluated, the slope r is of e(t + k) over e(t), and the rate its k-th root, with the sign of r.
 */
export function contraction(curves: Curves, watch: Watch): ContractionRow[] {
  return Object.entries(watch).flatMap(([metric, bad]): ContractionRow[] => {
    if (bad !== 'rise') return [];
    const lines = curves.metrics.map((rows) => pointsOf(rows, metric));
    // The last generation is evaluated in any case: it may be nearer to the one before.
    const step = lines[0].generations[1] - lines[0].generations[0];
    const pairs = lines.map(({ generations, values }) => {
      const from = [...generations.keys()].filter((i) => generations[i + 1] === generations[i] + step);
      return { x: from.map((i) => values[i]), y: from.map((i) => values[i + 1]) };
    });
    // A distance that does not change has no rate.
    if (!pairs.every(({ x }) => x.length >= 3 && x.some((value) => value !== x[0]))) return [];
    const root = (slope: number): number => Math.sign(slope) * Math.abs(slope) ** (1 / step);
    const fits = pairs.map(({ x, y }) => {
      const { slope, interval } = slopeInterval(x, y);
      return { slope: root(slope), interval: [root(interval[0]), root(interval[1])] as [number, number] };
    });
    const { mean, interval } =
      fits.length > 1
        ? meanInterval(fits.map(({ slope }) => slope))
        : { mean: fits[0].slope, interval: fits[0].interval };
    return [
      {
        kind: 'contraction',
        arm: curves.arm,
        metric,
        rate: mean,
        interval,
        seeds: fits.length,
      },
    ];
  });
}

/** A rate whose interval lies above 1 is an alarm too. */
export const rateAlarms = (rows: readonly ContractionRow[]): AlarmRow[] =>
  rows
    .filter(({ interval }) => interval[0] > 1)
    .map(({ arm, metric, rate }) => ({ kind: 'alarm', sign: 'rate', seed: null, arm, metric, rate }));

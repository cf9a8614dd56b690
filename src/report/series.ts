import type {
  AlarmRow,
  ContractionRow,
  DifferenceRow,
  FloorRow,
  GenerationRow,
  NoiseRow,
  SummaryRow,
  TheoryRow,
} from '../loop/layout.js';
import { studentInterval } from '../loop/statistics.js';
import { orderArms, orderMetrics } from './catalogue.js';
import type { ReportData } from './types.js';

/** One generation of one arm over all seeds that have it. */
export interface Point {
  generation: number;
  mean: number;
  /** Standard deviation over seeds, 0 for one seed. */
  deviation: number;
  /** Half of the 95 % confidence interval of the mean (t distribution), 0 for one seed. */
  half: number;
  /** Value of each seed, in the order of `Run.seeds`; NaN where a seed has none. */
  values: number[];
}

export interface Series {
  arm: string;
  colour: number;
  points: Point[];
}

/** A reference value with its spread. */
export interface Level {
  mean: number;
  /** Standard deviation. */
  spread: number;
}

/** The rows of a run, sorted by what they are. Later rows replace earlier ones of the same seed, arm and generation. */
export interface Run {
  seeds: number[];
  arms: { arm: string; colour: number }[];
  generations: GenerationRow[];
  last: number;
  floors: FloorRow[];
  noise: NoiseRow[];
  summaries: SummaryRow[];
  differences: DifferenceRow[];
  contractions: ContractionRow[];
  alarms: AlarmRow[];
  theory: TheoryRow[];
  /** Names of the metrics in reading order, without the training loss. */
  metrics: string[];
}

export function sortRun(data: ReportData): Run {
  const generations = new Map<string, GenerationRow>();
  const run: Run = {
    seeds: [],
    arms: [],
    generations: [],
    last: 0,
    floors: [],
    noise: [],
    summaries: [],
    differences: [],
    contractions: [],
    alarms: [],
    theory: [],
    metrics: [],
  };
  for (const row of data.rows) {
    if (row.kind === 'generation') generations.set(`${row.seed}/${row.arm}/${row.generation}`, row);
    else if (row.kind === 'floor') run.floors.push(row);
    else if (row.kind === 'noise') run.noise.push(row);
    else if (row.kind === 'summary') run.summaries.push(row);
    else if (row.kind === 'difference') run.differences.push(row);
    else if (row.kind === 'contraction') run.contractions.push(row);
    else if (row.kind === 'alarm') run.alarms.push(row);
    else run.theory.push(row);
  }
  run.generations = [...generations.values()].sort((a, b) => a.generation - b.generation || a.seed - b.seed);
  run.seeds = [...new Set(run.generations.map((row) => row.seed))].sort((a, b) => a - b);
  run.arms = orderArms(run.generations.flatMap((row) => row.arm ?? []));
  run.last = run.generations.reduce((last, row) => Math.max(last, row.generation), 0);
  run.metrics = orderMetrics(run.generations.flatMap((row) => Object.keys(row.metrics)));
  return run;
}

/** Values of the seeds at one generation, NaN where a seed has none; undefined where none has. */
export function pointOf(generation: number, values: number[]): Point | undefined {
  const known = values.filter((value) => Number.isFinite(value));
  if (known.length === 0) return undefined;
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  const squares = known.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = known.length > 1 ? Math.sqrt(squares / (known.length - 1)) : 0;
  const half = known.length > 1 ? (quantile(known.length) * deviation) / Math.sqrt(known.length) : 0;
  return { generation, mean, deviation, half, values };
}

const quantiles = new Map<number, number>();
function quantile(count: number): number {
  const known = quantiles.get(count) ?? studentInterval(0.95, count - 1);
  quantiles.set(count, known);
  return known;
}

/** Most generations a chart shows: more would be closer together than its pixels. */
const SHOWN = 150;

/** The generations to be shown: all, or so many that they are evenly spaced, with the first and the last. */
export function shownGenerations(last: number): number[] {
  const step = Math.max(1, Math.ceil(last / SHOWN));
  const list = Array.from({ length: Math.floor(last / step) + 1 }, (_, i) => i * step);
  return list[list.length - 1] === last ? list : [...list, last];
}

/** The closed forms of a metric, as series to be laid over those that were measured. */
export const theorySeries = (run: Run, metric: string): Series[] =>
  run.theory.flatMap((row) => {
    const colour = run.arms.find(({ arm }) => arm === row.arm)?.colour;
    if (row.metric !== metric || colour === undefined) return [];
    const points = shownGenerations(Math.min(run.last, row.values.length - 1)).map((generation): Point => {
      const mean = row.values[generation];
      return { generation, mean, deviation: 0, half: 0, values: [mean] };
    });
    return [{ arm: row.arm, colour, points }];
  });

/**
 * One series per arm of any number that a generation holds. Generation 0 belongs to every arm (`shared`), so all curves start
 * at one point; a value that only later generations have (a correction's) starts where it starts.
 */
export function seriesOf(run: Run, read: (row: GenerationRow) => number | undefined): Series[] {
  const rows = new Map(run.generations.map((row) => [`${row.seed}/${row.arm}/${row.generation}`, row]));
  const series: Series[] = [];
  const generations = shownGenerations(run.last);
  for (const { arm, colour } of run.arms) {
    const points: Point[] = [];
    for (const generation of generations) {
      const values = run.seeds.map((seed) => {
        const row =
          rows.get(`${seed}/${arm}/${generation}`) ??
          (generation === 0 ? rows.get(`${seed}/null/0`) : undefined);
        return (row && read(row)) ?? Number.NaN;
      });
      const point = pointOf(generation, values);
      if (point) points.push(point);
    }
    if (points.length > 0) series.push({ arm, colour, points });
  }
  return series;
}

/** Average of a level over its rows (one a seed), or nothing when no row has the metric. */
function level(
  rows: readonly { metrics: Record<string, number>; spread?: Record<string, number> }[],
  key: string,
): Level | undefined {
  const known = rows.filter((row) => Number.isFinite(row.metrics[key]));
  if (known.length === 0) return undefined;
  const mean = known.reduce((sum, row) => sum + row.metrics[key], 0) / known.length;
  const variance = known.reduce((sum, row) => sum + (row.spread?.[key] ?? 0) ** 2, 0) / known.length;
  return { mean, spread: Math.sqrt(variance) };
}

/** What real data score: the dashed line. */
export const floorOf = (run: Run, key: string): Level | undefined => level(run.floors, key);

/** Standard deviation of one evaluation of a metric, or nothing when it was not measured. */
export function noiseOf(run: Run, key: string): number | undefined {
  const found = level(run.noise, key);
  return found && run.noise.some((row) => Number.isFinite(row.spread?.[key])) ? found.spread : undefined;
}

/** The slopes to be shown for an arm: the mean over seeds where there is one, otherwise each seed's own. */
export function slopesOf(run: Run, metric: string, arm: string): SummaryRow[] {
  const rows = run.summaries.filter((row) => row.metric === metric && row.arm === arm);
  const pooled = rows.filter((row) => row.seed === null);
  return pooled.length > 0 ? pooled : rows;
}

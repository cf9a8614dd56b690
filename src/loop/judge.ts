import type { CostRow, GenerationRow, Row } from './layout.js';
import { type PairedTests, pairedTests } from './paired-tests.js';
import {
  type Claim,
  type Comparison,
  type CostComparison,
  type OrderComparison,
  type Preregistration,
  type RatioComparison,
  REAL,
  statement,
} from './preregistration.js';
import { slopeInterval } from './statistics.js';

export type Verdict = 'met' | 'missed' | 'not decidable';

/** A slope of one seed with its 95 % interval, see {@link slopeInterval}. */
export interface SeedSlope {
  seed: number;
  slope: number;
  interval: [number, number];
}

/** What was measured of one comparison. */
export interface PartVerdict {
  statement: string;
  verdict: Verdict;
  /** Why it cannot be decided. */
  reason?: string;
  /** The seeds that were compared. */
  seeds: number[];
  /** The compared quantity by arm (or `real`), one number per seed. */
  values: Record<string, number[]>;
  /** Order of slopes: each arm's slopes with intervals. */
  slopes?: Record<string, SeedSlope[]>;
  /** Order: in how many seeds it holds. */
  holds?: number;
  /** Ratio: of the means over seeds. */
  ratio?: number;
  /** Cost: seconds, or a share. */
  measured?: number;
  /** Two-sided p-values: of the arm minus the factor times the other (ratio), of neighbours in the order (`a < b`). */
  p?: Record<string, PairedTests>;
}

export interface ClaimVerdict {
  name: string;
  kind: Claim['kind'];
  verdict: Verdict;
  parts: PartVerdict[];
}

export interface JudgeOptions {
  /** The last generation of the run's configuration; seeds that have not got there yet decide nothing. */
  generations: number;
  costs?: readonly CostRow[];
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Values by seed of one arm's metric, generation by generation, without the generations that were not evaluated. */
class Curves {
  readonly seeds: number[];
  private readonly rows = new Map<string, GenerationRow[]>();
  private readonly floors = new Map<number, Record<string, number>>();

  constructor(
    rows: readonly Row[],
    private readonly last: number,
  ) {
    const seeds = new Set<number>();
    for (const row of rows) {
      if (row.kind === 'floor') this.floors.set(row.seed, row.metrics);
      if (row.kind !== 'generation') continue;
      seeds.add(row.seed);
      const key = `${row.seed}/${row.arm}`;
      const own = this.rows.get(key) ?? [];
      own[row.generation] = row;
      this.rows.set(key, own);
    }
    this.seeds = [...seeds].sort((a, b) => a - b);
  }

  ran(arm: string): boolean {
    return this.seeds.some((seed) => this.rows.has(`${seed}/${arm}`));
  }

  points(arm: string, seed: number, metric: string): { x: number[]; y: number[] } {
    const own = [...(this.rows.get(`${seed}/${arm}`) ?? [])];
    own[0] ??= this.rows.get(`${seed}/null`)?.[0] as GenerationRow;
    const x: number[] = [];
    const y: number[] = [];
    own.slice(0, this.last + 1).forEach((row, generation) => {
      const value = row?.metrics?.[metric];
      if (typeof value !== 'number' || !Number.isFinite(value)) return;
      x.push(generation);
      y.push(value);
    });
    return { x, y };
  }

  /** The value at the last generation, or of real data; undefined where there is none yet. */
  at(arm: string, seed: number, metric: string): number | undefined {
    if (arm === REAL) return this.floors.get(seed)?.[metric];
    const { x, y } = this.points(arm, seed, metric);
    return x[x.length - 1] === this.last ? y[y.length - 1] : undefined;
  }

  slope(arm: string, seed: number, metric: string): SeedSlope | undefined {
    const { x, y } = this.points(arm, seed, metric);
    if (x[x.length - 1] !== this.last || x.length < 3) return undefined;
    return { seed, ...slopeInterval(x, y) };
  }
}

/** What is missing before a comparison of these arms over `needed` seeds can be decided, or undefined. */
function missing(
  curves: Curves,
  arms: readonly string[],
  metric: string,
  complete: readonly number[],
  needed: number,
): string | undefined {
  for (const arm of arms) if (arm !== REAL && !curves.ran(arm)) return `the arm ${arm} did not run`;
  const measured = (arm: string): boolean =>
    curves.seeds.some((seed) =>
      arm === REAL
        ? curves.at(arm, seed, metric) !== undefined
        : curves.points(arm, seed, metric).x.length > 0,
    );
  for (const arm of arms) if (!measured(arm)) return `${metric} of ${arm} was not measured`;
  if (complete.length < needed)
    return `${complete.length} of ${needed} seeds ${complete.length === 1 ? 'is' : 'are'} there`;
  return undefined;
}

function judgeOrder(part: OrderComparison, curves: Curves): PartVerdict {
  const { arms, metric, of, inSeeds } = part;
  const slopes = new Map(
    arms.map((arm) => [
      arm,
      new Map(curves.seeds.map((seed) => [seed, curves.slope(arm, seed, metric)] as const)),
    ]),
  );
  const value = (arm: string, seed: number): number | undefined =>
    of === 'slope' ? slopes.get(arm)?.get(seed)?.slope : curves.at(arm, seed, metric);
  const seeds = curves.seeds.filter((seed) => arms.every((arm) => value(arm, seed) !== undefined));
  const values = Object.fromEntries(
    arms.map((arm) => [arm, seeds.map((seed) => value(arm, seed) as number)]),
  );
  const holds = seeds.filter((_, i) =>
    arms.every((arm, k) => k === 0 || values[arms[k - 1]][i] < values[arm][i]),
  ).length;
  const reason = missing(curves, arms, metric, seeds, inSeeds[1]);
  // A run of more seeds must hold the order in the same share of them.
  const wanted = Math.ceil((inSeeds[0] / inSeeds[1]) * seeds.length - 1e-9);
  return {
    statement: statement(part),
    verdict: reason ? 'not decidable' : holds >= wanted ? 'met' : 'missed',
    ...(reason && { reason }),
    seeds,
    values,
    ...(of === 'slope' && {
      slopes: Object.fromEntries(
        arms.map((arm) => [arm, seeds.map((seed) => slopes.get(arm)?.get(seed) as SeedSlope)]),
      ),
    }),
    holds,
    ...(seeds.length > 1 && {
      p: Object.fromEntries(
        arms.slice(1).map((arm, k) => {
          const below = values[arms[k]];
          return [`${arms[k]} < ${arm}`, pairedTests(values[arm].map((high, i) => high - below[i]))];
        }),
      ),
    }),
  };
}

function judgeRatio(part: RatioComparison, curves: Curves): PartVerdict {
  const { arm, against, metric, atMost, atLeast, seeds: needed, test } = part;
  const factor = (atMost ?? atLeast) as number;
  const seeds = curves.seeds.filter((seed) =>
    [arm, against].every((one) => curves.at(one, seed, metric) !== undefined),
  );
  const values = Object.fromEntries(
    [arm, against].map((one) => [one, seeds.map((seed) => curves.at(one, seed, metric) as number)]),
  );
  const part0 = { statement: statement(part), seeds, values };
  let reason = missing(curves, [arm, against], metric, seeds, needed);
  const least = 2 ** (1 - seeds.length);
  if (!reason && test && test.name !== 't' && least >= test.below)
    reason = `a ${test.name} test of ${seeds.length} seeds cannot give p < ${test.below}`;
  if (seeds.length === 0) return { ...part0, verdict: 'not decidable', reason };
  const differences = values[arm].map((value, i) => value - factor * values[against][i]);
  const [above, below] = [mean(values[arm]), mean(values[against])];
  const p = seeds.length > 1 ? pairedTests(differences) : undefined;
  if (!reason && test && !p) reason = 'one seed has no test';
  // Compared as sums: means that are equal must not differ by rounding.
  const side = mean(differences);
  const room = 1e-12 * Math.max(Math.abs(above), Math.abs(factor * below));
  const holds = atMost === undefined ? side >= -room : side <= room;
  const significant = !test || (p !== undefined && p[test.name] < test.below);
  return {
    ...part0,
    verdict: reason ? 'not decidable' : holds && significant ? 'met' : 'missed',
    ...(reason && { reason }),
    ...(below !== 0 && { ratio: above / below }),
    ...(p && { p: { [`${arm} against ${factor} x ${against}`]: p } }),
  };
}

const STAGES = ['prepare', 'sample', 'select', 'correct', 'train', 'evaluate', 'checkpoint'] as const;

/** Mean seconds of one generation of an arm, all stages and one of them; a cost row may hold several generations. */
export function generationCost(
  costs: readonly CostRow[],
  rows: readonly Row[],
  arm: string,
): { generations: number; total: number; stages: Partial<Record<(typeof STAGES)[number], number>> } {
  const own = costs.filter((row) => row.arm === arm);
  const units = new Set(own.map(({ seed }) => seed));
  const generations = new Set(
    rows.flatMap((row) =>
      row.kind === 'generation' && row.arm === arm && units.has(row.seed)
        ? [`${row.seed}/${row.generation}`]
        : [],
    ),
  ).size;
  const stages: Partial<Record<(typeof STAGES)[number], number>> = {};
  let total = 0;
  for (const stage of STAGES) {
    const seconds = own.reduce((sum, row) => sum + (row[stage] ?? 0), 0);
    total += seconds;
    if (seconds > 0) stages[stage] = seconds / Math.max(1, generations);
  }
  return { generations, total: total / Math.max(1, generations), stages };
}

function judgeCost(
  part: CostComparison,
  rows: readonly Row[],
  costs: readonly CostRow[],
  curves: Curves,
): PartVerdict {
  const { arm, stage, atMost } = part;
  const { generations, total, stages } = generationCost(costs, rows, arm);
  const out = { statement: statement(part), seeds: curves.seeds, values: {} };
  if (generations === 0 || total === 0)
    return {
      ...out,
      verdict: 'not decidable',
      reason: curves.ran(arm) ? 'there are no costs' : `the arm ${arm} did not run`,
    };
  const measured = stage ? (stages[stage] ?? 0) / total : total;
  return { ...out, verdict: measured <= atMost ? 'met' : 'missed', measured };
}

/** All must hold: one that is missed decides, whatever the others are. */
const together = (parts: readonly PartVerdict[]): Verdict =>
  (['missed', 'not decidable'] as const).find((verdict) => parts.some((part) => part.verdict === verdict)) ??
  'met';

/**
 * What came of every claim of a pre-registration: slopes are least squares over the evaluated generations, ratios are of means over
 * seeds at the last generation, tests are paired over seeds (`paired-tests.ts`), one comparison each, not corrected for their
 * number. A comparison with fewer seeds than registered, or of arms that did not run, is not decidable. Pure.
 */
export function judge(
  preregistration: Preregistration,
  rows: readonly Row[],
  { generations, costs = [] }: JudgeOptions,
): ClaimVerdict[] {
  const curves = new Curves(rows, generations);
  const one = (part: Comparison): PartVerdict =>
    part.type === 'order'
      ? judgeOrder(part, curves)
      : part.type === 'ratio'
        ? judgeRatio(part, curves)
        : judgeCost(part, rows, costs, curves);
  return preregistration.claims.map(({ name, kind, all }) => {
    const parts = all.map(one);
    return { name, kind, verdict: together(parts), parts };
  });
}

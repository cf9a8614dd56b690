import { FRAME_SIZE } from '../motion/motion.js';
import type { RunDevice } from './device.js';
import type { CorrectionReport, CorrectionStatus, GroundContact, Plausibility } from './report.js';

/** The 5th, 25th, 50th, 75th and 95th percentile. */
export type Percentiles = [p5: number, p25: number, p50: number, p75: number, p95: number];

interface Change<T> {
  before: T;
  after: T;
}

/** What the corrector did to a batch. Every number is finite; a mean over no motion is 0. */
export interface BatchSummary {
  /** Motions of the batch. */
  count: number;
  /** What simulated it. */
  device: RunDevice;
  /** Motions by status. */
  statuses: Record<CorrectionStatus, number>;
  /** Motions tracked on each rung of the assistance ladder. */
  rungs: number[];
  /** Motions that came back as they came: left by gamma, or valid as they were. The latter were tracked, too. */
  kept: { gamma: number; valid: number };
  /** Means over the motions that were not rejected, as they are returned. */
  joints: Change<Plausibility>;
  body: Change<GroundContact>;
  /** Sum after over sum before; missing where nothing moved before. */
  ratio: { rootSpeed?: number; jerk?: number };
  /** Means over the motions that were tracked; units as in the reports. */
  tracking: {
    residualForce: number;
    residualTorque: number;
    support: number;
    saturation: number;
    error: number;
    errorRoot: number;
  };
  /** Of all joints and frames of the motions that were not rejected, by finite differences; to within 0.5 %. */
  percentiles: {
    /** m/s */
    speed: Change<Percentiles>;
    /** m/s^2 */
    acceleration: Change<Percentiles>;
    /** m/s^3 */
    jerk: Change<Percentiles>;
  };
}

const SHARES = [0.05, 0.25, 0.5, 0.75, 0.95];
const ORDERS = ['speed', 'acceleration', 'jerk'] as const;

/** Counts of positive numbers in bins of equal ratio: quantiles of any number of values in constant memory. */
class Histogram {
  private static readonly least = 1e-6;
  private static readonly perE = 100;
  /** 1e-6 to 1e12 */
  private readonly bins = new Float64Array(Math.ceil(Math.log(1e18) * Histogram.perE) + 2);
  private count = 0;

  add(value: number): void {
    const bin = value > Histogram.least ? 1 + Math.log(value / Histogram.least) * Histogram.perE : 0;
    this.bins[Math.min(this.bins.length - 1, Math.floor(bin))]++;
    this.count++;
  }

  /** Middle of the bin that holds the quantile; 0 for what is under the smallest bin. */
  quantile(share: number): number {
    const wanted = share * (this.count - 1);
    let seen = 0;
    for (let bin = 0; bin < this.bins.length; bin++) {
      seen += this.bins[bin];
      if (seen > wanted) return bin === 0 ? 0 : Histogram.least * Math.exp((bin - 0.5) / Histogram.perE);
    }
    return 0;
  }

  percentiles(): Percentiles {
    return SHARES.map((share) => this.quantile(share)) as Percentiles;
  }
}

/** Adds the sizes of the first three differences of joints `[T, 22, 3]`, per second. */
function addDifferences(joints: Float32Array, fps: number, histograms: readonly Histogram[]): void {
  const next = FRAME_SIZE;
  for (let i = 0; i < joints.length; i += 3)
    for (let order = 1; order <= 3 && i + order * next < joints.length; order++) {
      let square = 0;
      for (let c = i; c < i + 3; c++) {
        let difference: number;
        if (order === 1) difference = joints[c + next] - joints[c];
        else if (order === 2) difference = joints[c + 2 * next] - 2 * joints[c + next] + joints[c];
        else difference = joints[c + 3 * next] - joints[c] - 3 * (joints[c + 2 * next] - joints[c + next]);
        square += difference * difference;
      }
      histograms[order - 1].add(Math.sqrt(square) * fps ** order);
    }
}

function mean<T>(list: readonly T[], value: (one: T) => number): number {
  return list.reduce((sum, one) => sum + value(one), 0) / Math.max(1, list.length);
}

const EMPTY_BODY: GroundContact = { penetrate: 0, float: 0, skate: 0, physErr: 0 };
const CONTACT = ['penetrate', 'float', 'skate', 'physErr'] as const;
const JOINTS = [...CONTACT, 'jerk', 'rootSpeed'] as const;

function means<K extends string>(
  names: readonly K[],
  reports: readonly CorrectionReport[],
  of: (report: CorrectionReport) => Record<K, number>,
): Record<K, number> {
  return Object.fromEntries(
    names.map((name) => [name, mean(reports, (report) => of(report)[name])]),
  ) as Record<K, number>;
}

/**
 * Summarises a batch.
 * @param device what simulated it
 * @param before joints of motion i as they came in; `after` as they are returned, `[T, 22, 3]` metres each.
 */
export function summarise(
  reports: readonly CorrectionReport[],
  before: (i: number) => Float32Array,
  after: (i: number) => Float32Array,
  fps: number,
  device: RunDevice,
): BatchSummary {
  const statuses: Record<CorrectionStatus, number> = {
    ok: 0,
    assisted: 0,
    rejected: 0,
    failed: 0,
    aborted: 0,
  };
  const rungs: number[] = [];
  const measured: CorrectionReport[] = [];
  const tracked: CorrectionReport[] = [];
  const kept = { gamma: 0, valid: 0 };
  const histograms = { before: ORDERS.map(() => new Histogram()), after: ORDERS.map(() => new Histogram()) };
  reports.forEach((report, i) => {
    statuses[report.status]++;
    if (report.status === 'rejected' || report.status === 'aborted') return;
    measured.push(report);
    addDifferences(before(i), fps, histograms.before);
    addDifferences(after(i), fps, histograms.after);
    if (report.kept) kept[report.kept]++;
    if (report.kept !== 'gamma' && report.status !== 'failed') {
      tracked.push(report);
      for (let rung = rungs.length; rung <= report.rung; rung++) rungs.push(0);
      rungs[report.rung]++;
    }
  });
  const joints = {
    before: means(JOINTS, measured, (report) => report.before),
    after: means(JOINTS, measured, (report) => report.after),
  };
  const ratio: BatchSummary['ratio'] = {};
  for (const name of ['rootSpeed', 'jerk'] as const)
    if (joints.before[name] > 0) ratio[name] = joints.after[name] / joints.before[name];
  const percentiles = ORDERS.map((_, order) => ({
    before: histograms.before[order].percentiles(),
    after: histograms.after[order].percentiles(),
  }));
  return {
    count: reports.length,
    device,
    statuses,
    rungs,
    kept,
    joints,
    body: {
      before: means(CONTACT, measured, ({ body }) => body?.before ?? EMPTY_BODY),
      after: means(CONTACT, measured, ({ body }) => body?.after ?? EMPTY_BODY),
    },
    ratio,
    tracking: {
      residualForce: mean(tracked, ({ residualForce }) => residualForce.mean),
      residualTorque: mean(tracked, ({ residualTorque }) => residualTorque.mean),
      support: mean(tracked, ({ support }) => support),
      saturation: mean(tracked, ({ torque }) => torque.saturation),
      error: mean(tracked, ({ error }) => error),
      errorRoot: mean(tracked, ({ errorRoot }) => errorRoot),
    },
    percentiles: { speed: percentiles[0], acceleration: percentiles[1], jerk: percentiles[2] },
  };
}

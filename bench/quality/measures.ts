/** Corrects samples and says of each, and of groups of them, what the correction did. */
import { type CorrectionStatus, type CorrectOptions, correctBatch } from '../../src/index.js';
import { measure, type Plausibility } from '../../src/motion/measure.js';
import { FRAME_SIZE } from '../../src/motion/motion.js';
import { FPS, type Sample } from './clips.js';

export type Preset = 'clip' | 'loop';
export const PRESETS: readonly Preset[] = ['clip', 'loop'];

/** Mean distance of the joints of two motions [mm]; `relative`: with both pelvises put at one place in every frame. */
export function meanDistance(a: Float32Array, b: Float32Array, relative: boolean): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 3) {
    const root = i - (i % FRAME_SIZE);
    let squares = 0;
    for (let k = 0; k < 3; k++)
      squares += (a[i + k] - b[i + k] - (relative ? a[root + k] - b[root + k] : 0)) ** 2;
    sum += Math.sqrt(squares);
  }
  return (1000 * sum) / (a.length / 3);
}

/** y of the left and right foot joints (10, 11) within a frame. */
const FEET_Y = [31, 34];
/** A foot joint this near to the lowest that one gets in the clip is on the ground [m]. */
const PLANTED = 0.03;

/**
 * Median horizontal step of the foot joints that are on the ground in both frames [mm per frame]; 0 without any. Unlike
 * `skate` it does not depend on where the floor is, and single steps do not count.
 */
export function plantedSlip(joints: Float32Array): number {
  let low = Number.POSITIVE_INFINITY;
  for (let at = 0; at < joints.length; at += FRAME_SIZE)
    for (const foot of FEET_Y) low = Math.min(low, joints[at + foot]);
  const steps: number[] = [];
  for (let at = FRAME_SIZE; at < joints.length; at += FRAME_SIZE)
    for (const foot of FEET_Y) {
      const [to, from] = [at + foot, at - FRAME_SIZE + foot];
      if (Math.max(joints[to], joints[from]) > low + PLANTED) continue;
      steps.push(1000 * Math.hypot(joints[to - 1] - joints[from - 1], joints[to + 1] - joints[from + 1]));
    }
  return steps.length > 0 ? steps.sort((a, b) => a - b)[steps.length >> 1] : 0;
}

/** What correction did. Distances are means over joints and frames in mm, relative to the pelvis unless said. */
export interface Outcome {
  before: Plausibility;
  after: Plausibility;
  /** To the input; to the true clip before and after, where there is one. */
  toInput: number;
  truthBefore?: number;
  truthAfter?: number;
  /** To the input, in the world. */
  global: number;
  /** Outside force in body weights, and the share of the weight that it carried or pulled down with; means over the motion. */
  residual: number;
  support: number;
}

/** One motion. */
export interface Row extends Outcome {
  kind: string;
  action: string;
  split: string;
  status: CorrectionStatus;
  finite: boolean;
  /** `plantedSlip` of the input. */
  slip: number;
}

export interface Corrected {
  rows: Row[];
  motions: Float32Array[];
}

export async function correctSamples(
  samples: readonly Sample[],
  options: CorrectOptions,
): Promise<Corrected> {
  const { motions, reports } = await correctBatch(samples, { fps: FPS, ...options });
  const rows = samples.map(({ kind, action, split, joints, truth }, i): Row => {
    const { joints: after } = motions[i];
    const { status, residualForce, support } = reports[i];
    return {
      kind,
      action,
      split,
      status,
      finite: after.length === joints.length && after.every(Number.isFinite),
      slip: plantedSlip(joints),
      before: measure(joints, FPS),
      after: measure(after, FPS),
      toInput: meanDistance(after, joints, true),
      truthBefore: truth && meanDistance(joints, truth, true),
      truthAfter: truth && meanDistance(after, truth, true),
      global: meanDistance(after, joints, false),
      residual: residualForce.mean,
      support: Math.abs(support),
    };
  });
  return { rows, motions: motions.map(({ joints }) => joints) };
}

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Means over a group of motions; shares from 0 to 1. */
export interface Summary extends Outcome {
  n: number;
  ok: number;
  assisted: number;
  failed: number;
  rejected: number;
  /** Mean after over mean before. */
  speedRatio: number;
  jerkRatio: number;
}

export function summarise(rows: readonly Row[]): Summary {
  const share = (status: CorrectionStatus) =>
    rows.filter((row) => row.status === status).length / rows.length;
  const plausibility = (when: 'before' | 'after') => {
    const result = { ...rows[0][when] };
    for (const key of Object.keys(result) as (keyof Plausibility)[])
      result[key] = mean(rows.map((row) => row[when][key]));
    return result;
  };
  const optional = (key: 'truthBefore' | 'truthAfter') => {
    const values = rows.flatMap((row) => row[key] ?? []);
    return values.length === rows.length ? mean(values) : undefined;
  };
  const [before, after] = [plausibility('before'), plausibility('after')];
  return {
    n: rows.length,
    ok: share('ok'),
    assisted: share('assisted'),
    failed: share('failed'),
    rejected: share('rejected'),
    before,
    after,
    toInput: mean(rows.map((row) => row.toInput)),
    truthBefore: optional('truthBefore'),
    truthAfter: optional('truthAfter'),
    global: mean(rows.map((row) => row.global)),
    residual: mean(rows.map((row) => row.residual)),
    support: mean(rows.map((row) => row.support)),
    speedRatio: after.rootSpeed / before.rootSpeed,
    jerkRatio: after.jerk / before.jerk,
  };
}

/** The same per value of a column, in the order of first appearance. */
export function summariseBy(rows: readonly Row[], key: 'kind' | 'action'): Record<string, Summary> {
  return Object.fromEntries(
    [...new Set(rows.map((row) => row[key]))].map((value) => [
      value,
      summarise(rows.filter((row) => row[key] === value)),
    ]),
  );
}

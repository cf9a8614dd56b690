/** Contact with the ground; heights and depths up to 5 mm count as touching it (tolerance of the official evaluation). */
export interface GroundContact {
  /** Depth of the lowest point under the ground where it is over 5 mm, mean over frames, mm. */
  penetrate: number;
  /** Height of the lowest point over the ground where it is over 5 mm, mean over frames, mm. A jump or a flip floats too. */
  float: number;
  /** Horizontal shift of the points that touch the ground in both of two frames, mean over frames, mm per frame. */
  skate: number;
  /** penetrate + float + skate, mm. */
  physErr: number;
}

/** How plausible a motion is as joint positions over the floor y = 0; skate is of the foot joints (10, 11). */
export interface Plausibility extends GroundContact {
  /** Mean size of the third derivative of the joint positions, m/s^3. */
  jerk: number;
  /** Mean speed of the pelvis, m/s. */
  rootSpeed: number;
}

/**
 * - `ok`: tracked within the assistance asked for;
 * - `assisted`: tracked, but only on a higher rung of the assistance ladder;
 * - `failed`: no rung could track it; the motion returned is cleaned, but not simulated;
 * - `rejected`: not a motion (see `reason`); returned as it came;
 * - `aborted`: cancelled before it was done; returned as it came.
 */
export type CorrectionStatus = 'ok' | 'assisted' | 'rejected' | 'failed' | 'aborted';

/** What the corrector says of one motion. Every number is finite. */
export interface CorrectionReport {
  status: CorrectionStatus;
  /** Why it is not `ok`, in words; also set with `kept`. */
  reason?: string;
  /** Set when the motion came back as it came: left by `gamma`, or `valid` as it was (preset `loop`). */
  kept?: 'gamma' | 'valid';
  /** Rung of the assistance ladder that tracked it, from 0; -1 when it was not tracked. */
  rung: number;
  /** Whether it took sampling (option `sampling`) to track it. */
  sampled: boolean;
  /** Outside force on the pelvis that ground contact could not deliver, in body weights (mean and maximum over the motion). */
  residualForce: { mean: number; max: number };
  /** Outside torque on the pelvis, N m. */
  residualTorque: { mean: number; max: number };
  /** Share of the body's weight that the outside force carried, mean; negative when it pulled down. */
  support: number;
  torque: {
    /** Share of all joints and physics steps in which the torque given reached the joint's limit, 0 to 1. */
    saturation: number;
    /**
     * Largest torque given by any joint over that joint's limit. What the controller commands ends at 1; only single steps of
     * an impact, whose shock the joints' implicit damping takes, go beyond.
     */
    effort: number;
  };
  /** By joint centres, as evaluations of generated motion measure. All 0 for a motion that is not finite. */
  before: Plausibility;
  after: Plausibility;
  /**
   * The same by the body's own geometry: soles, knees, seat, hands, elbows, trunk and head of the humanoid sized to the motion,
   * over the ground it is simulated on (a sole's thickness, about 2.5 cm, under the joints of a standing foot). Before: the
   * input's joints with the body's parts turned as inverse kinematics has them before floor and feet are cleaned. Missing for a
   * motion that was rejected or aborted.
   */
  body?: { before: GroundContact; after: GroundContact };
  /** After over before; a number is missing where the motion had none before (a pelvis that stands still). */
  ratio: { rootSpeed?: number; jerk?: number };
  /** Mean distance of the joints to the input (MPJPE), mm. */
  error: number;
  /** The same relative to the pelvis, mm. */
  errorRoot: number;
}

/** Contact labels per frame. */
export const CONTACT_LABELS = 4;

/** Columns of the native table of reports, one row a motion: those of native/binding/report_table.h. */
export const REPORT_COLUMNS = [
  'status',
  'reason',
  'rung',
  'sampled',
  'residualForceMean',
  'residualForceMax',
  'residualTorqueMean',
  'residualTorqueMax',
  'support',
  'saturation',
  'effort',
  'error',
  'errorRoot',
  'before.penetrate',
  'before.float',
  'before.skate',
  'before.jerk',
  'before.rootSpeed',
  'before.body.penetrate',
  'before.body.float',
  'before.body.skate',
  'after.penetrate',
  'after.float',
  'after.skate',
  'after.jerk',
  'after.rootSpeed',
  'after.body.penetrate',
  'after.body.float',
  'after.body.skate',
] as const;

type Column = (typeof REPORT_COLUMNS)[number];

/** Where each column is in a row. */
const AT = Object.fromEntries(REPORT_COLUMNS.map((name, at) => [name, at])) as Record<Column, number>;

const STATUSES: readonly CorrectionStatus[] = ['ok', 'assisted', 'rejected', 'failed', 'aborted'];

export const NOT_FINITE = 'it has a value that is not finite';

const REASONS: readonly (string | undefined)[] = [
  undefined,
  'it has no frames',
  NOT_FINITE,
  'a joint is further than 1,000 m from the origin or faster than 100 m/s',
  'its bone lengths fit no body',
  'the simulated body fell or left the reference on every rung of assistance',
  'cancelled',
  'it has fewer than 4 frames',
  'kept as it is (gamma)',
  'valid as it is: returned unchanged (preset loop)',
];

/** By reason. */
const KEPT: Readonly<Record<number, CorrectionReport['kept']>> = { 8: 'gamma', 9: 'valid' };

const contactAt = (of: 'before' | 'after' | 'before.body' | 'after.body') => ({
  penetrate: AT[`${of}.penetrate`],
  float: AT[`${of}.float`],
  skate: AT[`${of}.skate`],
});
const plausibilityAt = (of: 'before' | 'after') => ({
  ...contactAt(of),
  jerk: AT[`${of}.jerk`],
  rootSpeed: AT[`${of}.rootSpeed`],
});
const BEFORE = plausibilityAt('before');
const AFTER = plausibilityAt('after');
const BODY_BEFORE = contactAt('before.body');
const BODY_AFTER = contactAt('after.body');

function contact(table: Float64Array, row: number, at: ReturnType<typeof contactAt>): GroundContact {
  const penetrate = table[row + at.penetrate];
  const float = table[row + at.float];
  const skate = table[row + at.skate];
  return { penetrate, float, skate, physErr: penetrate + float + skate };
}

function plausibility(table: Float64Array, row: number, at: ReturnType<typeof plausibilityAt>): Plausibility {
  const penetrate = table[row + at.penetrate];
  const float = table[row + at.float];
  const skate = table[row + at.skate];
  return {
    penetrate,
    float,
    skate,
    physErr: penetrate + float + skate,
    jerk: table[row + at.jerk],
    rootSpeed: table[row + at.rootSpeed],
  };
}

function ratios(before: Plausibility, after: Plausibility): CorrectionReport['ratio'] {
  const ratio: CorrectionReport['ratio'] = {};
  for (const name of ['rootSpeed', 'jerk'] as const)
    if (before[name] > 0) ratio[name] = after[name] / before[name];
  return ratio;
}

/** What became of motion `index` of the table: corrected, or returned as it came. */
export function fateOf(table: Float64Array, index: number): 'corrected' | 'kept' | 'rejected' {
  const row = index * REPORT_COLUMNS.length;
  if (STATUSES[table[row + AT.status]] === 'rejected') return 'rejected';
  return KEPT[table[row + AT.reason]] ? 'kept' : 'corrected';
}

/** Reads motion `index` from the native table of reports. */
export function readReport(table: Float64Array, index: number): CorrectionReport {
  const row = index * REPORT_COLUMNS.length;
  const status = STATUSES[table[row + AT.status]];
  const reason = REASONS[table[row + AT.reason]];
  const kept = KEPT[table[row + AT.reason]];
  const before = plausibility(table, row, BEFORE);
  const after = plausibility(table, row, AFTER);
  return {
    status,
    ...(reason === undefined ? undefined : { reason }),
    ...(kept === undefined ? undefined : { kept }),
    rung: table[row + AT.rung],
    sampled: table[row + AT.sampled] === 1,
    residualForce: { mean: table[row + AT.residualForceMean], max: table[row + AT.residualForceMax] },
    residualTorque: { mean: table[row + AT.residualTorqueMean], max: table[row + AT.residualTorqueMax] },
    support: table[row + AT.support],
    torque: { saturation: table[row + AT.saturation], effort: table[row + AT.effort] },
    before,
    after,
    ...(status === 'rejected' || status === 'aborted'
      ? undefined
      : { body: { before: contact(table, row, BODY_BEFORE), after: contact(table, row, BODY_AFTER) } }),
    ratio: ratios(before, after),
    error: table[row + AT.error],
    errorRoot: table[row + AT.errorRoot],
  };
}

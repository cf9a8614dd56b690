import { REPORT_COLUMNS } from './native.js';

/** How plausible a motion is. Joints are points; tolerance 5 mm (definitions of the official evaluation). */
export interface Plausibility {
  /** Depth of the lowest joint under the floor, mean over frames, mm. */
  penetrate: number;
  /** Height of the lowest joint over the floor, mean over frames, mm. A jump or a flip floats too. */
  float: number;
  /** Horizontal shift of the feet's joints while they touch the floor, mm per frame. */
  skate: number;
  /** Mean size of the third derivative of the joint positions, m/s^3. */
  jerk: number;
}

/**
 * - `ok`: tracked within the assistance asked for;
 * - `assisted`: tracked, but only on a higher rung of the assistance ladder;
 * - `failed`: no rung could track it; the motion returned is cleaned, but not simulated;
 * - `rejected`: not a motion (see `reason`); returned as it came;
 * - `aborted`: cancelled before it was done; returned as it came.
 */
export type CorrectionStatus = 'ok' | 'assisted' | 'rejected' | 'failed' | 'aborted';

/** What the corrector says of one motion. */
export interface CorrectionReport {
  status: CorrectionStatus;
  /** Why it is not `ok`, in words; also set when `gamma` kept the input. */
  reason?: string;
  /** Rung of the assistance ladder that tracked it, from 0; -1 when it was not tracked. */
  rung: number;
  /** Outside force on the pelvis that ground contact could not deliver, in body weights (mean and maximum over the motion). */
  residualForce: { mean: number; max: number };
  /** Outside torque on the pelvis, N m, mean. */
  residualTorque: number;
  /** Share of the body's weight that the outside force carried, mean; negative when it pulled down. */
  support: number;
  before: Plausibility;
  after: Plausibility;
  /** Mean distance of the joints to the input, mm. */
  error: number;
  /** The same relative to the pelvis, mm. */
  errorRoot: number;
}

const STATUSES: readonly CorrectionStatus[] = ['ok', 'assisted', 'rejected', 'failed', 'aborted'];

const REASONS: readonly (string | undefined)[] = [
  undefined,
  'it has no frames',
  'it has a value that is not finite',
  'a joint is further than 1,000 m from the origin or faster than 100 m/s',
  'its bone lengths fit no body',
  'the simulated body fell or left the reference on every rung of assistance',
  'cancelled',
  'it has fewer than 4 frames',
  'kept as it is (gamma)',
];

const plausibility = (row: Float64Array, at: number): Plausibility => ({
  penetrate: row[at],
  float: row[at + 1],
  skate: row[at + 2],
  jerk: row[at + 3],
});

/** Reads motion `index` from the native table of reports. */
export function readReport(table: Float64Array, index: number): CorrectionReport {
  const row = table.subarray(index * REPORT_COLUMNS, (index + 1) * REPORT_COLUMNS);
  const reason = REASONS[row[1]];
  return {
    status: STATUSES[row[0]],
    ...(reason === undefined ? {} : { reason }),
    rung: row[2],
    residualForce: { mean: row[3], max: row[4] },
    residualTorque: row[5],
    support: row[6],
    before: plausibility(row, 7),
    after: plausibility(row, 11),
    error: row[15],
    errorRoot: row[16],
  };
}

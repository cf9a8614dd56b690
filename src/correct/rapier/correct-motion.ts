import { measure } from '../../motion/measure.js';
import { CONTACT_LABELS, REPORT_COLUMNS } from '../report.js';
import { jointDistance } from './distance.js';
import { measureBody } from './measure-body.js';
import type { Corrected, Settings } from './protocol.js';
import { buildReference, jointsOf, type Reference } from './reference.js';
import type { BodyMotion } from './target.js';
import { type Caps, type Tracked, track } from './track.js';
import { Reason, validate } from './validate.js';

type Column = (typeof REPORT_COLUMNS)[number];
type Row = Partial<Record<Column, number>>;

const STATUS = { ok: 0, assisted: 1, rejected: 2, failed: 3 };

/** The assistance ladder of native/batch/ladder.h. */
function ladderOf({ force, torque, preset }: Settings): Caps[] {
  const ladder: Caps[] = [{ force, torque }];
  const climb = (next: Caps) => {
    const last = ladder[ladder.length - 1];
    if (next.force <= last.force && next.torque <= last.torque) return;
    ladder.push({ force: Math.max(last.force, next.force), torque: Math.max(last.torque, next.torque) });
  };
  climb({ force: 1, torque: 300 });
  if (preset === 0) climb({ force: 1e3, torque: 1e6 });
  return ladder;
}

function plausibility(of: 'before' | 'after', joints: Float32Array, fps: number): Row {
  const { penetrate, float, skate, jerk, rootSpeed } = measure(joints, fps);
  return {
    [`${of}.penetrate`]: penetrate,
    [`${of}.float`]: float,
    [`${of}.skate`]: skate,
    [`${of}.jerk`]: jerk,
    [`${of}.rootSpeed`]: rootSpeed,
  };
}

/** The columns of one side of a motion as those of the other. */
const asAfter = (before: Row): Row =>
  Object.fromEntries(Object.entries(before).map(([name, value]) => [name.replace('before', 'after'), value]));

const tableRow = (row: Row): Float64Array => Float64Array.from(REPORT_COLUMNS, (name) => row[name] ?? 0);

function untouched(joints: Float32Array, row: Row): Corrected {
  const contacts = new Uint8Array((joints.length / 66) * CONTACT_LABELS);
  return { joints: joints.slice(), contacts, row: tableRow({ rung: -1, ...row }) };
}

/** A simulation on one rung; undefined where the engine itself failed. */
export type Simulate = (reference: Reference, caps: Caps, rate: number) => Tracked | undefined;

/**
 * Corrects one motion: checks it, cleans it, tracks it up the ladder of assistance and measures it. Columns that Rapier does
 * not tell stay 0: torques at their limits, and sampling.
 * @param joints `[T, 22, 3]`, m. @param kept whether it is measured and returned as it is (gamma).
 */
export function correctMotion(
  joints: Float32Array,
  kept: boolean,
  settings: Settings,
  simulate: Simulate = track,
): Corrected {
  const { fps, preset, rate } = settings;
  const reason = validate(joints, fps);
  if (reason !== Reason.none) {
    const before = reason === Reason.bones ? plausibility('before', joints, fps) : {};
    return untouched(joints, { status: STATUS.rejected, reason, ...before, ...asAfter(before) });
  }
  const reference = buildReference(joints, fps, preset === 0);
  const { humanoid, skeleton, ground } = reference;
  const measured = (of: 'before' | 'after', of_: Float32Array, rotation: Float64Array) => {
    const { contacts, penetrate, float, skate } = measureBody(humanoid, of_, rotation, ground);
    const row: Row = {
      ...plausibility(of, of_, fps),
      [`${of}.body.penetrate`]: penetrate,
      [`${of}.body.float`]: float,
      [`${of}.body.skate`]: skate,
    };
    return { row, contacts };
  };
  const before = measured('before', joints, reference.before);
  if (kept)
    return {
      joints: joints.slice(),
      contacts: before.contacts,
      bodies: Float32Array.from(reference.before),
      row: tableRow({ rung: -1, reason: Reason.kept, ...before.row, ...asAfter(before.row) }),
    };

  const ladder = ladderOf(settings);
  let tracked: Tracked | undefined;
  let rung = -1;
  while (!tracked?.ok && rung + 1 < ladder.length)
    tracked = simulate(reference, ladder[++rung], rate) ?? tracked;
  const ok = tracked?.ok === true;
  // A motion that fell on every rung is returned cleaned but not simulated.
  const motion: BodyMotion = tracked?.ok ? tracked.motion : reference;
  const placed = jointsOf(motion.root, motion.rotation, skeleton);
  const out = Float32Array.from(placed, (value, i) => (i % 3 === 1 ? value + ground : value));
  const after = measured('after', out, motion.rotation);
  const { world, relative } = jointDistance(joints, out);
  return {
    joints: out,
    contacts: after.contacts,
    bodies: Float32Array.from(motion.rotation),
    row: tableRow({
      status: ok ? (rung === 0 ? STATUS.ok : STATUS.assisted) : STATUS.failed,
      reason: ok ? Reason.none : Reason.fell,
      rung,
      residualForceMean: tracked?.residualForce.mean,
      residualForceMax: tracked?.residualForce.max,
      residualTorqueMean: tracked?.residualTorque.mean,
      residualTorqueMax: tracked?.residualTorque.max,
      support: tracked?.support,
      error: 1000 * world,
      errorRoot: 1000 * relative,
      ...before.row,
      ...after.row,
    }),
  };
}

import { FRAME_SIZE } from '../motion/motion.js';
import { JOINT_COUNT } from '../motion/skeleton.js';
import { Random } from '../random/random.js';
import { startRapier, takeDevice } from './device.js';
import { CorrectorError } from './errors.js';
import { type CorrectInput, type MotionForm, type Taken, takeInputs } from './inputs.js';
import { native } from './native.js';
import { type CorrectOptions, resolveOptions } from './options.js';
import { type CorrectedMotion, giveBack } from './outputs.js';
import { CONTACT_LABELS, type CorrectionReport, REPORT_COLUMNS, readReport } from './report.js';
import { type BatchSummary, summarise } from './summary.js';

/** Numbers per frame of the rotations of the corrector's bodies. */
const BODY_TURNS = JOINT_COUNT * 4;

export interface CorrectResult {
  /**
   * As many as came in, in the same order, each with as many frames. New arrays; the inputs are not written to. A motion that
   * was rejected comes back as it came, byte for byte, and so does one that was kept (`report.kept`), in its own form.
   */
  motions: CorrectedMotion[];
  reports: CorrectionReport[];
  /** The batch in numbers. Computed when it is first read. */
  readonly summary: BatchSummary;
}

/**
 * Corrects motions by physics: each is cleaned (floor, contacts, foot lock), then tracked by a simulated humanoid whose only
 * outside help is a capped force and torque at the pelvis, and returned as that humanoid moved. Motions come as joint
 * positions, joint rotations or HumanML3D features, and go back in the same form or in another (option `output`).
 *
 * One bad motion never fails a batch: it has its own `status`. A result does not depend on the other motions of the batch,
 * their order, or the number of threads. With `gamma` (the correction strength of Gillman et al., arXiv 2402.07087) a motion
 * is corrected with probability gamma / (1 + gamma), drawn from `seed` and its index, and otherwise returned as it came.
 *
 * Runs on threads of its own; the event loop stays free. Writing to an input while it runs has no effect.
 *
 * @throws {CorrectorError} `ERR_TYPE`, `ERR_SHAPE` or `ERR_RANGE` for a bad argument, `ERR_NATIVE_LOAD` without what `device` asks
 *   for, `ERR_OOM` out of memory; rejects with `signal.reason` when aborted.
 */
export async function correctBatch(
  inputs: readonly CorrectInput[],
  options: CorrectOptions = {},
): Promise<CorrectResult> {
  const { gamma, signal, onProgress, output, device, ...settings } = resolveOptions(options);
  const taking = takeDevice(device);
  const taken = takeInputs(inputs);
  signal?.throwIfAborted();

  // What is no motion by its shape goes to the addon as an empty one: it has a status like any other bad motion.
  const lengths = Int32Array.from(taken, ({ joints, problem }) => (problem ? 0 : joints.length / FRAME_SIZE));
  const frames = lengths.reduce((sum, length) => sum + length, 0);
  const form = (motion: Taken): MotionForm => (output === 'same' ? motion.form : output);
  const turned = taken.some((motion) => form(motion) === 'rotations' && motion.form !== 'rotations');
  const packed = allocate(() => new Float32Array(frames * FRAME_SIZE));
  const out = allocate(() => new Float32Array(frames * FRAME_SIZE));
  const labels = allocate(() => new Uint8Array(frames * CONTACT_LABELS));
  const bodies = turned ? allocate(() => new Float32Array(frames * BODY_TURNS)) : null;
  const table = allocate(() => new Float64Array(inputs.length * REPORT_COLUMNS.length));
  const keep = keepMask(inputs.length, gamma, settings.seed);
  const starts = new Float64Array(inputs.length + 1);
  taken.forEach(({ joints, problem }, i) => {
    if (!problem) packed.set(joints, starts[i] * FRAME_SIZE);
    starts[i + 1] = starts[i] + lengths[i];
  });
  /** The part of motion i of an array of the whole batch. */
  const part = <A extends Float32Array | Uint8Array>(array: A, i: number, size: number): A =>
    array.subarray(starts[i] * size, starts[i + 1] * size) as A;

  const total = inputs.length;
  const tell = (done: number) => onProgress?.({ done, total });
  const job =
    taking.device === 'rapier'
      ? startRapier(
          { joints: packed, starts, lengths, keep, out, contacts: labels, bodies, table },
          settings,
          tell,
          taking.missing,
        )
      : native().correctBatch(packed, lengths, keep, out, labels, bodies, table, settings, tell);
  const abort = () => job.cancel();
  signal?.addEventListener('abort', abort, { once: true });
  try {
    await job.promise;
  } catch (cause) {
    if (cause instanceof CorrectorError) throw cause;
    const { code, message } = cause as { code?: string; message: string };
    throw new CorrectorError(
      code === 'ERR_OOM' ? 'ERR_OOM' : 'ERR_NATIVE',
      `The corrector failed: ${message}`,
      { cause },
    );
  } finally {
    signal?.removeEventListener('abort', abort);
  }
  signal?.throwIfAborted();
  onProgress?.({ done: total, total });

  const reports = taken.map(({ problem }, i) => {
    const report = readReport(table, i);
    return problem ? { ...report, reason: problem } : report;
  });
  const motions = taken.map((motion, i) =>
    giveBack(motion, form(motion), {
      joints: motion.problem ? motion.joints : part(out, i, FRAME_SIZE).slice(),
      contacts: part(labels, i, CONTACT_LABELS).slice(),
      bodies: bodies ? part(bodies, i, BODY_TURNS) : undefined,
      fate: reports[i].status === 'rejected' ? 'rejected' : reports[i].kept ? 'kept' : 'corrected',
    }),
  );
  let summary: BatchSummary | undefined;
  return {
    motions,
    reports,
    get summary() {
      summary ??= summarise(
        reports,
        (i) => part(packed, i, FRAME_SIZE),
        (i) => part(out, i, FRAME_SIZE),
        settings.fps,
      );
      return summary;
    },
  };
}

/** Which motions gamma leaves as they are: motion i is corrected when its own random number is under gamma / (1 + gamma). */
function keepMask(count: number, gamma: number, seed: number): Uint8Array | null {
  if (gamma === Number.POSITIVE_INFINITY) return null;
  const probability = gamma / (1 + gamma);
  return Uint8Array.from({ length: count }, (_, i) =>
    new Random(seed, 'gamma', i).uniform() < probability ? 0 : 1,
  );
}

function allocate<T>(make: () => T): T {
  try {
    return make();
  } catch (cause) {
    throw new CorrectorError('ERR_OOM', `Not enough memory for the batch: ${(cause as Error).message}`, {
      cause,
    });
  }
}

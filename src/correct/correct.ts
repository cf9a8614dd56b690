import { FRAME_SIZE } from '../motion/motion.js';
import { Random } from '../random/random.js';
import { CorrectorError, expected } from './errors.js';
import { native } from './native.js';
import { type CorrectOptions, resolveOptions } from './options.js';
import { CONTACT_LABELS, type CorrectionReport, REPORT_COLUMNS, readReport } from './report.js';

/** Joint positions of one motion: `frames * 22 * 3` numbers, metres, y up, joints in SMPL order. */
export interface CorrectInput {
  joints: Float32Array;
}

export interface CorrectedMotion {
  joints: Float32Array;
  /**
   * Ground contact `[T, 4]` of left ankle (7), left foot (10), right ankle (8), right foot (11), as HumanML3D orders its labels:
   * 1 where the heel part or the toes of that sole carried 1 % of the body's weight or more in the simulation since the frame
   * before (frame 0: until frame 1). Of a motion that was not simulated (kept by `gamma`, or `failed`): where the sole is
   * within 5 mm of the ground. All 0 for a `rejected` one.
   */
  contacts: Uint8Array;
}

export interface CorrectResult {
  /** As many as came in, in the same order and of the same shape. New arrays; the inputs are not written to. */
  motions: CorrectedMotion[];
  reports: CorrectionReport[];
}

function checkInputs(inputs: readonly CorrectInput[]): void {
  if (!Array.isArray(inputs)) throw expected('ERR_TYPE', 'an array of motions', 'inputs', inputs);
  inputs.forEach((input, i) => {
    const joints = input?.joints;
    if (Array.isArray(joints))
      throw expected('ERR_SHAPE', 'a flat Float32Array [frames x 22 x 3]', `inputs[${i}].joints`, joints);
    if (!(joints instanceof Float32Array))
      throw expected('ERR_TYPE', 'a Float32Array', `inputs[${i}].joints`, joints);
  });
}

/**
 * Corrects motions by physics: each is cleaned (floor, contacts, foot lock), then tracked by a simulated humanoid whose only
 * outside help is a capped force and torque at the pelvis, and returned as that humanoid moved.
 *
 * One bad motion never fails a batch: it has its own `status`. A result does not depend on the other motions of the batch,
 * their order, or the number of threads. With `gamma` (the correction strength of Gillman et al., arXiv 2402.07087) a motion
 * is corrected with probability gamma / (1 + gamma), drawn from `seed` and its index, and otherwise returned as it came.
 *
 * Runs on threads of its own; the event loop stays free. Writing to an input while it runs has no effect.
 *
 * @throws {CorrectorError} `ERR_TYPE`, `ERR_SHAPE` or `ERR_RANGE` for a bad argument, `ERR_NATIVE_LOAD` without the addon,
 *   `ERR_OOM` out of memory; rejects with `signal.reason` when aborted.
 */
export async function correctBatch(
  inputs: readonly CorrectInput[],
  options: CorrectOptions = {},
): Promise<CorrectResult> {
  checkInputs(inputs);
  const { gamma, seed, signal, onProgress, ...settings } = resolveOptions(options);
  signal?.throwIfAborted();

  // A ragged motion goes to the addon as an empty one: it has a status like any other bad motion.
  const ragged = (input: CorrectInput) => input.joints.length % FRAME_SIZE !== 0;
  const lengths = Int32Array.from(inputs, (input) => (ragged(input) ? 0 : input.joints.length / FRAME_SIZE));
  const values = lengths.reduce((sum, frames) => sum + frames * FRAME_SIZE, 0);
  const packed = allocate(() => new Float32Array(values));
  const out = allocate(() => new Float32Array(values));
  const labels = allocate(() => new Uint8Array((values / FRAME_SIZE) * CONTACT_LABELS));
  const table = allocate(() => new Float64Array(inputs.length * REPORT_COLUMNS.length));
  let offset = 0;
  for (const input of inputs) {
    if (ragged(input)) continue;
    packed.set(input.joints, offset);
    offset += input.joints.length;
  }

  const total = inputs.length;
  const job = native().correctBatch(
    packed,
    lengths,
    keepMask(total, gamma, seed),
    out,
    labels,
    table,
    settings,
    (done) => onProgress?.({ done, total }),
  );
  const abort = () => job.cancel();
  signal?.addEventListener('abort', abort, { once: true });
  try {
    await job.promise;
  } catch (cause) {
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

  const motions: CorrectedMotion[] = [];
  const reports: CorrectionReport[] = [];
  let frame = 0;
  inputs.forEach((input, i) => {
    const report = readReport(table, i);
    const end = frame + lengths[i];
    const joints = ragged(input) ? input.joints.slice() : out.slice(frame * FRAME_SIZE, end * FRAME_SIZE);
    motions.push({ joints, contacts: labels.slice(frame * CONTACT_LABELS, end * CONTACT_LABELS) });
    reports.push(ragged(input) ? { ...report, reason: 'its values do not fill frames of 22 x 3' } : report);
    frame = end;
  });
  return { motions, reports };
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

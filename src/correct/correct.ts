import { batchOf, packedBatch } from './batch.js';
import type { RunDevice } from './device.js';
import { expected } from './errors.js';
import { type CorrectInput, type PackedMotions, takeInput } from './inputs.js';
import { type BatchOptions, resolveOptions } from './options.js';
import type { CorrectedMotion } from './outputs.js';
import type { CorrectionReport } from './report.js';
import { run } from './run.js';
import type { BatchSummary } from './summary.js';

export interface CorrectResult {
  /** What simulated the batch: the device asked for, or the one that `auto` took. */
  readonly device: RunDevice;
  /**
   * As many as came in, in the same order, each with as many frames. New arrays, or views of option `out`; the inputs are not
   * written to. A motion that was rejected comes back as it came, byte for byte, and so does one that was kept (`report.kept`),
   * in its own form. Made when it is first read.
   */
  readonly motions: CorrectedMotion[];
  /** Made when it is first read. */
  readonly reports: CorrectionReport[];
  /** The batch in numbers. Computed when it is first read, from the inputs as they are then. */
  readonly summary: BatchSummary;
}

/** What comes back of motions that came packed. `motions` are views of these arrays. */
export interface PackedResult extends CorrectResult {
  /** Joint positions `[sum of T, 22, 3]`, metres; option `out` where it was given. */
  readonly joints: Float32Array;
  /** Contact labels `[sum of T, 4]`, as in `CorrectedMotion`. */
  readonly contacts: Uint8Array;
  /** Frames of each motion `[M]`. */
  readonly lengths: Int32Array;
}

/**
 * Corrects motions by physics: each is cleaned (floor, contacts, foot lock), then tracked by a simulated humanoid whose only
 * outside help is a capped force and torque at the pelvis, and returned as that humanoid moved. Motions come as joint
 * positions, joint rotations or HumanML3D features, and go back in the same form or in another (option `output`); many of
 * them may come in one array of joint positions (`PackedMotions`).
 *
 * One bad motion never fails a batch: it has its own `status`. A result does not depend on the other motions of the batch,
 * their order, or the number of threads. With `gamma` (the correction strength of Gillman et al., arXiv 2402.07087) a motion
 * is corrected with probability gamma / (1 + gamma), drawn from `seed` and its index, and otherwise returned as it came.
 *
 * Runs on threads of its own; the event loop stays free. Joint positions are read where they are: do not write to them, nor
 * to `out`, before the call settles (what comes back is undefined then). The memory of both can no longer be transferred to
 * another thread, then or later; it may be shared (SharedArrayBuffer). After the call settled nothing is written any more.
 *
 * @throws {CorrectorError} `ERR_TYPE`, `ERR_SHAPE` or `ERR_RANGE` for a bad argument, `ERR_NATIVE_LOAD` or `ERR_CUDA` without what `device`
 *   asks for, `ERR_OOM` out of memory, `ERR_NATIVE` when the addon fails, `ERR_CUDA` when the GPU does; rejects with `signal.reason` when aborted (`out` then holds
 *   what was done so far), and with what `onProgress` throws.
 */
export function correctBatch(inputs: PackedMotions, options?: BatchOptions): Promise<PackedResult>;
export function correctBatch(inputs: readonly CorrectInput[], options?: BatchOptions): Promise<CorrectResult>;
export async function correctBatch(
  inputs: readonly CorrectInput[] | PackedMotions,
  options: BatchOptions = {},
): Promise<CorrectResult> {
  const { onProgress, inFlight: _, ...settings } = resolveOptions(options, 'out');
  const batch = takeBatch(inputs);
  const total = batch.count;
  const corrected = await run(batch, {
    ...settings,
    first: 0,
    onDone: onProgress && ((done) => onProgress({ done, total })),
  });
  onProgress?.({ done: total, total });

  const motions = once(() => corrected.motions());
  const reports = once(() => corrected.reports());
  const summary = once(() => corrected.summary(reports()));
  const result: CorrectResult = {
    device: corrected.device,
    get motions() {
      return motions();
    },
    get reports() {
      return reports();
    },
    get summary() {
      return summary();
    },
  };
  const { out: joints, contacts } = corrected.results;
  return Array.isArray(batch.joints)
    ? result
    : Object.assign(result, { joints, contacts, lengths: batch.lengths });
}

function takeBatch(inputs: readonly CorrectInput[] | PackedMotions) {
  if (Array.isArray(inputs))
    return batchOf(
      Array.from(inputs as readonly CorrectInput[], (input, i) => takeInput(input, `inputs[${i}]`)),
    );
  if (inputs === null || typeof inputs !== 'object')
    throw expected('ERR_TYPE', 'an array of motions, or { joints, lengths },', 'inputs', inputs);
  return packedBatch(inputs as PackedMotions);
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

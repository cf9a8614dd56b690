import { FRAME_SIZE } from '../motion/motion.js';
import { Random } from '../random/random.js';
import { type Batch, resultArray } from './batch.js';
import { BODY_TURNS, Corrected, type Results } from './corrected.js';
import { startRapier, takeDevice } from './device.js';
import { CorrectorError } from './errors.js';
import type { Job } from './job.js';
import { native } from './native.js';
import type { ResolvedOptions } from './options.js';
import { CONTACT_LABELS, REPORT_COLUMNS } from './report.js';

/** What the options say of one run; `first` is the index that gamma counts the first motion of the batch by. */
export interface Run extends Omit<ResolvedOptions, 'onProgress' | 'inFlight'> {
  first: number;
  /** Motions done, at most every 50 ms. */
  onDone?: (done: number) => void;
}

/**
 * Corrects a batch on the device of the options. After it settled, nothing that the caller has is written and `onDone` is not called. Aborted,
 * it settles at once, and the threads end what they are at (a few milliseconds) into arrays that nobody sees; with the
 * caller's own `out` it waits for them.
 * @throws {CorrectorError} `ERR_OOM`, `ERR_NATIVE`, `ERR_NATIVE_LOAD`, and those of `out`; rejects with `signal.reason`.
 */
export async function run(batch: Batch, options: Run): Promise<Corrected> {
  const { gamma, seed, first, signal, onDone, output, out, device, ...settings } = options;
  const taking = takeDevice(device);
  const results = allocate(() => resultsOf(batch, output, out));
  const keep = keepMask(batch.count, gamma, seed, first);
  signal?.throwIfAborted();

  let job: Job | undefined;
  let settle = () => {};
  let failure: { error: unknown } | undefined;
  const stop = () => {
    job?.cancel();
    if (!out) settle();
  };
  const progress = (done: number) => {
    if (failure || signal?.aborted) return;
    try {
      onDone?.(done);
    } catch (error) {
      failure = { error };
      stop();
    }
  };
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const { joints, starts, lengths } = batch;
    const arrays = { joints, starts, lengths, keep, ...results };
    const told = onDone && progress;
    job =
      taking.device === 'rapier'
        ? startRapier(arrays, { ...settings, seed }, told, taking.missing)
        : native().correctBatch(arrays, { ...settings, seed }, told);
    const { promise } = job;
    await new Promise<void>((resolve, reject) => {
      settle = resolve;
      promise.then(resolve, reject);
    });
  } catch (cause) {
    if (cause instanceof CorrectorError) throw cause;
    const { code, message } = cause as { code?: string; message: string };
    throw new CorrectorError(
      code === 'ERR_OOM' ? 'ERR_OOM' : 'ERR_NATIVE',
      `The corrector failed: ${message}`,
      { cause },
    );
  } finally {
    signal?.removeEventListener('abort', stop);
  }
  signal?.throwIfAborted();
  if (failure) throw failure.error;
  return new Corrected(batch, results, output, settings.fps);
}

function resultsOf(batch: Batch, output: ResolvedOptions['output'], out?: Float32Array): Results {
  const { count, starts, joints } = batch;
  const frames = starts[count];
  const whole = out === undefined ? undefined : resultArray(out, batch);
  let turned = false;
  for (let i = 0; i < count && (whole || output === 'rotations'); i++) {
    const { form, problem, joints: own } = batch.taken(i);
    turned ||= output === 'rotations' && form !== 'rotations';
    // The addon sees nothing of it.
    if (problem)
      whole?.set(own.subarray(0, (starts[i + 1] - starts[i]) * FRAME_SIZE), starts[i] * FRAME_SIZE);
  }
  return {
    out:
      whole ??
      (Array.isArray(joints)
        ? joints.map(({ length }) => unwritten(length))
        : new Float32Array(frames * FRAME_SIZE)),
    contacts: new Uint8Array(frames * CONTACT_LABELS),
    bodies: turned ? new Float32Array(frames * BODY_TURNS) : null,
    table: new Float64Array(count * REPORT_COLUMNS.length),
  };
}

/** An array of its own memory that is not cleared first: the addon fills it, or the call rejects. */
const unwritten = (length: number): Float32Array =>
  new Float32Array(Buffer.allocUnsafeSlow(length * Float32Array.BYTES_PER_ELEMENT).buffer);

/** Which motions gamma leaves as they are: motion i is corrected when its own random number is under gamma / (1 + gamma). */
function keepMask(count: number, gamma: number, seed: number, first: number): Uint8Array | null {
  if (gamma === Number.POSITIVE_INFINITY) return null;
  const probability = gamma / (1 + gamma);
  return Uint8Array.from({ length: count }, (_, i) =>
    new Random(seed, 'gamma', first + i).uniform() < probability ? 0 : 1,
  );
}

function allocate<T>(make: () => T): T {
  try {
    return make();
  } catch (cause) {
    if (cause instanceof CorrectorError) throw cause;
    throw new CorrectorError('ERR_OOM', `Not enough memory for the batch: ${(cause as Error).message}`, {
      cause,
    });
  }
}

import { FRAME_SIZE } from '../motion/motion.js';
import { Random } from '../random/random.js';
import { type Batch, resultArray } from './batch.js';
import { BODY_TURNS, Corrected, type Results } from './corrected.js';
import { type RunDevice, startRapier, takeDevice, warnOfCuda } from './device.js';
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
 * Where `auto` took a GPU that fails, the batch runs on the processor, from its beginning and with the same bytes.
 * @throws {CorrectorError} `ERR_OOM`, `ERR_NATIVE`, `ERR_NATIVE_LOAD`, `ERR_CUDA`, and those of `out`; rejects with `signal.reason`.
 */
export async function run(batch: Batch, options: Run): Promise<Corrected> {
  const { gamma, seed, first, signal, onDone, output, out, device, ...settings } = options;
  const taking = takeDevice(device, batch.count, settings.threads);
  let ran = taking.device;
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
  let reached = 0;
  const progress = (done: number) => {
    if (failure || signal?.aborted || done < reached) return;
    reached = done;
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
    const attempt = async (on: RunDevice) => {
      ran = on;
      job =
        on === 'rapier'
          ? startRapier(arrays, { ...settings, seed }, told, taking.missing)
          : native().correctBatch(arrays, { ...settings, seed, device: on }, told);
      const { promise } = job;
      await new Promise<void>((resolve, reject) => {
        settle = resolve;
        promise.then(resolve, reject);
      });
    };
    await attempt(ran).catch((error: NativeError) => {
      const failed = device === 'auto' && ran === 'cuda' && isOfDevice(error);
      if (!failed || failure || signal?.aborted) throw error;
      warnOfCuda(error);
      return attempt('cpu');
    });
  } catch (cause) {
    if (cause instanceof CorrectorError) throw cause;
    const error = cause as NativeError;
    const code = isOfDevice(error) ? error.code : 'ERR_NATIVE';
    throw new CorrectorError(code, `The corrector failed: ${error.message}`, { cause });
  } finally {
    signal?.removeEventListener('abort', stop);
  }
  signal?.throwIfAborted();
  if (failure) throw failure.error;
  return new Corrected(batch, results, output, settings.fps, ran);
}

/** What the addon throws. */
type NativeError = Error & { code?: string };

/** Whether there was too little memory, or the GPU failed. */
const isOfDevice = (error: NativeError): error is Error & { code: 'ERR_OOM' | 'ERR_CUDA' } =>
  error.code === 'ERR_OOM' || error.code === 'ERR_CUDA';

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

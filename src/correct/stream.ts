import { type Batch, batchOf } from './batch.js';
import type { Corrected } from './corrected.js';
import { cudaFrom, cudaState, type Device, type RunDevice, takeDevice } from './device.js';
import { expected } from './errors.js';
import { type CorrectInput, type Taken, takeInput } from './inputs.js';
import { native } from './native.js';
import { type ResolvedOptions, resolveOptions, type StreamOptions } from './options.js';
import type { CorrectedMotion } from './outputs.js';
import type { CorrectionReport } from './report.js';
import { run } from './run.js';

/** A corrected motion of a stream. */
export interface StreamResult {
  motion: CorrectedMotion;
  report: CorrectionReport;
  /** What simulated it; with `auto`, by the size of the group that it was corrected in. */
  device: RunDevice;
}

type Source = Iterator<CorrectInput> | AsyncIterator<CorrectInput>;

const PROGRESS_EVERY = 50; // ms
const PER_LANE = 8; // motions in flight
const ON_GPU = 4096;

/**
 * Corrects a stream of motions of any length: `correctBatch()` in bounded memory. Results come in the order of the stream, each
 * the same, byte for byte, as in one batch of all motions; gamma counts them from the stream's first.
 *
 * The stream is opened when the first result is asked for, and read only as results are consumed: never more than `window`
 * motions beyond them. What it gave is corrected in groups; when it is slow, a group goes as soon as the threads are idle and
 * no result is waiting. Leaving the loop, aborting, and an error on either side stop the work and close the stream.
 * `onProgress` tells of the motions corrected, and of those taken from the stream so far as `total`.
 *
 * @throws {CorrectorError} at the call for a bad argument; from the iterator as `correctBatch()` does for a motion of the
 *   stream, `signal.reason` when aborted, and what the stream or `onProgress` throws.
 */
export function correct(
  stream: Iterable<CorrectInput> | AsyncIterable<CorrectInput>,
  options: StreamOptions = {},
): AsyncGenerator<StreamResult, void, undefined> {
  const resolved = resolveOptions(options, 'window');
  const { [Symbol.asyncIterator]: asynchronous, [Symbol.iterator]: synchronous } = (stream ?? {}) as Partial<
    Iterable<CorrectInput> & AsyncIterable<CorrectInput>
  >;
  const open = (asynchronous ?? synchronous) as (() => Source) | undefined;
  if (typeof open !== 'function')
    throw expected('ERR_TYPE', 'an iterable or async iterable of motions', 'stream', stream);
  return results(() => open.call(stream), resolved);
}

async function* results(
  open: () => Source,
  options: ResolvedOptions,
): AsyncGenerator<StreamResult, void, undefined> {
  const { signal, onProgress, threads, inFlight, device } = options;
  signal?.throwIfAborted();
  const window = inFlight || windowFor(device, threads);
  const flight = new Flight(open(), window, options);
  try {
    for (let batch = await flight.next(); batch; batch = await flight.next())
      for (let i = 0; i < batch.batch.count; i++) {
        yield { motion: batch.motion(i), report: batch.report(i), device: batch.device };
        flight.consumed();
      }
    onProgress?.({ done: flight.taken, total: flight.taken });
  } finally {
    await flight.close();
  }
}

/** As many motions in flight as keep the device busy. Each group goes where `run()` takes it, by its size. */
function windowFor(device: Device, threads: number): number {
  const taken = takeDevice(device, 0, threads).device;
  if (taken === 'rapier') return PER_LANE * threads;
  const worth = device === 'auto' && ON_GPU / 2 >= cudaFrom(threads) && cudaState().available;
  return taken === 'cuda' || worth ? ON_GPU : PER_LANE * threads * native().info().lanes;
}

/** Motions between the stream and the consumer: waiting, being corrected (one group at a time), or ready. */
class Flight {
  /** Motions taken from the stream. */
  taken = 0;
  private readonly work = new AbortController();
  private waiting: Taken[] = [];
  private running: Promise<void> | undefined;
  private readonly ready: Corrected[] = [];
  /** Whether the consumer has results to go on with. */
  private busy = false;
  private handedOut = 0;
  private corrected = 0;
  private told = performance.now();
  private failure: { error: unknown } | undefined;
  /** Whether the stream ended, failed or was closed; whether it has been asked for a motion. */
  private over = false;
  private asked = false;
  private hurry: NodeJS.Immediate | undefined;
  /** Resume whoever waits: the reader for room, the consumer for a result. */
  private roomMade = () => {};
  private changed = () => {};

  constructor(
    private readonly source: Source,
    private readonly window: number,
    private readonly options: ResolvedOptions,
  ) {
    options.signal?.addEventListener('abort', this.abort, { once: true });
    void this.read();
  }

  /** The next group of results; undefined at the end. */
  async next(): Promise<Corrected | undefined> {
    this.busy = false;
    for (;;) {
      if (this.failure) throw this.failure.error;
      const group = this.ready.shift();
      if (group) {
        this.busy = true;
        return group;
      }
      if (this.over && !this.running && this.waiting.length === 0) return undefined;
      this.consider();
      await new Promise<void>((resolve) => {
        this.changed = resolve;
      });
    }
  }

  /** The consumer came back for another result. */
  consumed(): void {
    if (this.failure) throw this.failure.error;
    this.handedOut++;
    this.roomMade();
  }

  async close(): Promise<void> {
    const { asked, failure } = this;
    this.options.signal?.removeEventListener('abort', this.abort);
    clearImmediate(this.hurry);
    this.work.abort();
    const closed = this.closeSource();
    closed.catch(() => {});
    await this.running;
    // A stream that still owes an answer may never give it, and after an error it is not waited for.
    if (!asked && !failure) await closed;
  }

  private readonly abort = () => this.fail(this.options.signal?.reason);

  private async read(): Promise<void> {
    try {
      while (!this.over) {
        if (this.taken - this.handedOut >= this.window) {
          await new Promise<void>((resolve) => {
            this.roomMade = resolve;
          });
          continue;
        }
        this.asked = true;
        const { done, value } = await this.ask();
        this.asked = false;
        if (this.over) return;
        if (done) this.over = true;
        else this.waiting.push(takeInput(value, `stream[${this.taken++}]`));
        this.consider();
      }
    } catch (error) {
      this.fail(error);
    }
    this.changed();
  }

  private async ask(): Promise<IteratorResult<CorrectInput>> {
    try {
      return await this.source.next();
    } catch (error) {
      this.over = true; // what throws is not to be closed
      throw error;
    }
  }

  /** Starts a group when there is enough of it, or when waiting for more would leave threads and consumer idle. */
  private consider(): void {
    if (this.running || this.waiting.length === 0 || this.work.signal.aborted) return;
    if (this.over || 2 * this.waiting.length >= this.window) this.start();
    else if (this.idle)
      this.hurry ??= setImmediate(() => {
        this.hurry = undefined;
        if (!this.running && this.idle) this.start();
      });
  }

  private get idle(): boolean {
    return !this.busy && this.ready.length === 0;
  }

  private start(): void {
    clearImmediate(this.hurry);
    this.hurry = undefined;
    const batch = batchOf(this.waiting);
    this.waiting = [];
    this.running = this.group(batch).then(
      () => undefined,
      (error) => this.fail(error),
    );
  }

  private async group(batch: Batch): Promise<void> {
    const { onProgress: _, inFlight: __, ...settings } = this.options;
    const corrected = await run(batch, {
      ...settings,
      signal: this.work.signal,
      first: this.taken - batch.count,
      onDone: (done) => this.tell(this.corrected + done),
    });
    this.ready.push(corrected);
    this.corrected += batch.count;
    this.running = undefined;
    this.tell(this.corrected);
    this.consider();
    this.changed();
  }

  private tell(done: number): void {
    const now = performance.now();
    if (now - this.told < PROGRESS_EVERY || this.work.signal.aborted) return;
    this.told = now;
    this.options.onProgress?.({ done, total: this.taken });
  }

  private fail(error: unknown): void {
    this.failure ??= { error };
    this.work.abort();
    this.closeSource().catch(() => {});
    this.changed();
  }

  private async closeSource(): Promise<void> {
    if (this.over) return;
    this.over = true;
    this.roomMade();
    await this.source.return?.();
  }
}

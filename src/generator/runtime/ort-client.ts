/** The generator's side of the onnxruntime thread: typed requests, errors carried over, an orderly end. */
import { Worker } from 'node:worker_threads';
import { GeneratorError } from '../errors.js';
import {
  BUSY,
  type HostTensor,
  type Reply,
  type Request,
  type RunRequest,
  START,
  STOP,
  type WorkerOptions,
} from './protocol.js';

type Answer = Record<string, HostTensor>;
interface Pending {
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

/** Elements sent in one message: short enough that copying them holds up nobody. */
const CHUNK = 2 ** 20;

/** Flags of the threads now alive; a process that exits waits until none is inside native code. */
const alive = new Set<Int32Array>();
function quiesce(): void {
  for (const flags of alive) Atomics.store(flags, STOP, 1);
  for (const flags of alive) while (Atomics.load(flags, BUSY) === 1) Atomics.wait(flags, BUSY, 1, 1000);
}

function missingRuntime(cause: string): GeneratorError {
  return new GeneratorError(
    'ERR_RUNTIME_MISSING',
    'Training and sampling need the package onnxruntime-node 1.29.0. Install it with `npm install onnxruntime-node@1.29.0`; ' +
      'without a network for its install script add "allowScripts": {"onnxruntime-node": false} to package.json first. ' +
      `Loading it failed: ${cause}`,
  );
}

export class OrtClient {
  private readonly worker: Worker;
  private readonly pending = new Map<number, Pending>();
  private readonly sessions = new Map<string, Promise<void>>();
  private readonly ended: Promise<void>;
  private nextId = START + 1;
  private closing: Promise<void> | undefined;
  private failed: GeneratorError | undefined;

  private constructor(threads: number) {
    const flags = new SharedArrayBuffer(8);
    const view = new Int32Array(flags);
    const workerData: WorkerOptions = { threads, flags };
    this.worker = new Worker(new URL('./ort-worker.js', import.meta.url), { workerData });
    if (alive.size === 0) process.on('exit', quiesce);
    alive.add(view);
    this.worker.on('message', (reply: Reply) => this.settle(reply));
    this.worker.on('error', (error) => this.fail(`the onnxruntime thread failed: ${error.message}`, error));
    this.ended = new Promise((resolve) => {
      this.worker.on('exit', () => {
        alive.delete(view);
        if (alive.size === 0) process.off('exit', quiesce);
        this.fail('the onnxruntime thread ended');
        resolve();
      });
    });
  }

  /**
   * Starts a thread with onnxruntime in it.
   * @param threads cores one run may use; with 1, equal runs give equal bytes
   * @throws GeneratorError ERR_RUNTIME_MISSING
   */
  static async start(threads: number): Promise<OrtClient> {
    const client = new OrtClient(threads);
    try {
      await client.expectReply(START);
    } catch (error) {
      await client.close();
      throw error;
    }
    return client;
  }

  private settle({ id, tensors, error }: Reply): void {
    const pending = this.pending.get(id);
    this.pending.delete(id);
    if (this.pending.size === 0) this.worker.unref(); // an idle generator keeps no process alive
    if (!error) pending?.resolve(tensors ?? {});
    else if (error.missing) pending?.reject(missingRuntime(error.message));
    else pending?.reject(new GeneratorError('ERR_RUNTIME', error.message, { cause: error.stack }));
  }

  private fail(reason: string, cause?: Error): void {
    this.failed ??= new GeneratorError(this.closing ? 'ERR_CLOSED' : 'ERR_RUNTIME', `Generator: ${reason}`, {
      cause,
    });
    for (const { reject } of this.pending.values()) reject(this.failed);
    this.pending.clear();
  }

  private expectReply(id: number): Promise<Answer> {
    this.worker.ref();
    return new Promise((resolve, reject) => this.pending.set(id, { resolve, reject }));
  }

  private request(request: Request, transfer: ArrayBuffer[] = []): Promise<Answer> {
    if (this.failed) return Promise.reject(this.failed);
    if (this.closing)
      return Promise.reject(
        new GeneratorError('ERR_CLOSED', 'Expected an open generator but received a closed one'),
      );
    return this.post(request, transfer);
  }

  private post(request: Request, transfer: ArrayBuffer[] = []): Promise<Answer> {
    const id = this.nextId++;
    const answer = this.expectReply(id);
    this.worker.postMessage({ id, request }, transfer);
    return answer;
  }

  /** Makes sure that the session exists; builds its model on the first call with this name. */
  open(session: string, build: () => Uint8Array): Promise<void> {
    let opened = this.sessions.get(session);
    if (!opened) {
      opened = this.request({ kind: 'open', session, model: build() }).then(() => {});
      this.sessions.set(session, opened);
      opened.catch(() => this.sessions.delete(session));
    }
    return opened;
  }

  /** Places a float32 tensor in the thread, piece by piece; `inspect` sees each piece before it is sent. */
  async place(
    name: string,
    shape: readonly number[],
    data: Float32Array,
    inspect?: (piece: Float32Array, offset: number) => void,
  ): Promise<void> {
    await this.request({ kind: 'allocate', name, dtype: 'float32', shape });
    for (let offset = 0; offset < data.length; offset += CHUNK) {
      const piece = data.slice(offset, offset + CHUNK);
      inspect?.(piece, offset);
      await this.request({ kind: 'write', name, offset, data: piece }, [piece.buffer]);
    }
  }

  /** A copy of a resident float32 tensor. */
  async read(name: string): Promise<Float32Array> {
    return (await this.request({ kind: 'read', name }))[name].data as Float32Array;
  }

  async free(names: readonly string[]): Promise<void> {
    await this.request({ kind: 'free', names });
  }

  run(request: RunRequest): Promise<Answer> {
    return this.request({ kind: 'run', ...request });
  }

  /** Ends the thread once what was asked before is done. Later requests are refused. */
  close(): Promise<void> {
    this.closing ??= (async () => {
      if (!this.failed) await this.post({ kind: 'close' }).catch(() => {});
      this.worker.ref();
      await this.ended;
    })();
    return this.closing;
  }
}

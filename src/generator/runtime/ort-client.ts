/** The generator's side of the onnxruntime thread: typed requests, errors carried over, an orderly end. */
import { Worker } from 'node:worker_threads';
import { type DType, type Shape, sizeOf, type TensorData } from '../../graph/index.js';
import { expectArgument, GeneratorError } from '../errors.js';
import {
  type ArrayOf,
  BUSY,
  dtypeOf,
  type HostTensor,
  type Message,
  type Model,
  type Recipe,
  type Reply,
  type Request,
  type RunRequest,
  type SessionInfo,
  START,
  STOP,
  type WorkerOptions,
} from './protocol.js';
import {
  type Provider,
  type ProviderChoice,
  type ProviderPlan,
  planProvider,
  runtimeMissing,
} from './providers.js';

interface Pending {
  resolve(reply: Reply): void;
  reject(error: unknown): void;
  signal?: AbortSignal;
}

export interface StartOptions {
  /** Cores one run may use; with 1, equal runs give equal bytes on the processor. Default 1. */
  threads?: number;
  /** What runs the graphs. Default `auto`: CUDA where it is installed and works, else the processor. */
  provider?: ProviderChoice;
}

export interface RunOptions {
  /** Move the arrays of the feeds to the thread instead of copying them: whatever looks at their buffers is empty then. */
  transfer?: boolean;
  /** Takes the moved feeds when the run is done, to fill them again: no memory is asked for and freed in every run. */
  recycle?(feeds: Record<string, HostTensor>): void;
  /** Aborting before the run has begun drops it: it rejects with the signal's reason. One that has begun is finished. */
  signal?: AbortSignal;
}

/** Elements sent in one message: short enough that copying them holds up nobody. */
const CHUNK = 2 ** 20;

/** Flags of the threads now alive; a process that exits waits until none is inside native code. */
const alive = new Set<Int32Array>();
function quiesce(): void {
  for (const flags of alive) Atomics.store(flags, STOP, 1);
  for (const flags of alive) while (Atomics.load(flags, BUSY) === 1) Atomics.wait(flags, BUSY, 1, 1000);
}

const buffersOf = (arrays: readonly TensorData[]): ArrayBuffer[] => [
  ...new Set(arrays.map(({ buffer }) => buffer).filter((buffer) => buffer instanceof ArrayBuffer)),
];

function expectSize(name: string, shape: Shape, data: TensorData): void {
  const size = sizeOf(shape);
  expectArgument(data.length === size, name, `[${shape}] = ${size} elements`, data.length);
}

export class OrtClient {
  private readonly worker: Worker;
  private readonly pending = new Map<number, Pending>();
  private readonly sessions = new Map<string, Promise<SessionInfo>>();
  private readonly ended: Promise<void>;
  private nextId = START + 1;
  private closing: Promise<void> | undefined;
  private failed: GeneratorError | undefined;
  private runs!: Provider;

  private constructor(threads: number, plan: ProviderPlan) {
    const flags = new SharedArrayBuffer(8);
    const view = new Int32Array(flags);
    const workerData: WorkerOptions = { threads, plan, flags };
    this.worker = new Worker(new URL('./ort-worker.js', import.meta.url), {
      workerData,
      resourceLimits: { maxYoungGenerationSizeMb: 1 }, // its own objects are few and small: as fast, 16 MB less
    });
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
   * @throws GeneratorError ERR_RUNTIME_MISSING; ERR_CUDA if `cuda` is asked for and does not work; ERR_ARGUMENT
   */
  static async start({ threads = 1, provider = 'auto' }: StartOptions = {}): Promise<OrtClient> {
    const client = new OrtClient(threads, planProvider(provider));
    try {
      client.runs = (await client.expectReply(START)).provider!;
    } catch (error) {
      await client.close();
      throw error;
    }
    return client;
  }

  /** What runs the graphs, and why that. */
  get provider(): Provider {
    return this.runs;
  }

  private settle(reply: Reply): void {
    const { id, error } = reply;
    const pending = this.pending.get(id);
    this.pending.delete(id);
    if (this.pending.size === 0) this.worker.unref(); // an idle generator keeps no process alive
    if (!pending) return;
    const { message, stack } = error ?? {};
    if (reply.dropped) pending.reject(pending.signal?.reason);
    else if (!error) pending.resolve(reply);
    else if (error.kind === 'missing') pending.reject(runtimeMissing(error.message));
    else
      pending.reject(
        new GeneratorError(error.kind === 'cuda' ? 'ERR_CUDA' : 'ERR_RUNTIME', message!, { cause: stack }),
      );
  }

  private fail(reason: string, cause?: Error): void {
    this.failed ??= new GeneratorError(this.closing ? 'ERR_CLOSED' : 'ERR_RUNTIME', `Generator: ${reason}`, {
      cause,
    });
    for (const { reject } of this.pending.values()) reject(this.failed);
    this.pending.clear();
  }

  private expectReply(id: number, signal?: AbortSignal): Promise<Reply> {
    this.worker.ref();
    return new Promise((resolve, reject) => this.pending.set(id, { resolve, reject, signal }));
  }

  private async request(
    request: Request,
    transfer: ArrayBuffer[] = [],
    signal?: AbortSignal,
  ): Promise<Reply> {
    if (this.failed) throw this.failed;
    if (this.closing)
      throw new GeneratorError('ERR_CLOSED', 'Expected an open generator but received a closed one');
    signal?.throwIfAborted();
    return this.post(request, transfer, signal);
  }

  private async post(request: Request, transfer: ArrayBuffer[], signal?: AbortSignal): Promise<Reply> {
    const id = this.nextId++;
    this.send({ id, request }, transfer);
    if (!signal) return this.expectReply(id);
    const drop = () => this.send({ drop: id });
    signal.addEventListener('abort', drop, { once: true });
    try {
      return await this.expectReply(id, signal);
    } finally {
      signal.removeEventListener('abort', drop);
    }
  }

  private send(message: Message, transfer: ArrayBuffer[] = []): void {
    this.worker.postMessage(message, transfer);
  }

  /**
   * Makes sure that the session exists, and says what it takes and gives. The model is built, here or by the thread, on the
   * first call with this name alone.
   */
  async open(session: string, model: (() => Model) | Recipe, signal?: AbortSignal): Promise<SessionInfo> {
    signal?.throwIfAborted();
    let opened = this.sessions.get(session);
    if (!opened) {
      const built = typeof model === 'function' ? model() : model;
      const building = this.request({ kind: 'open', session, model: built }).then(({ info }) => info!);
      this.sessions.set(session, building);
      // A failed one may be opened again; a released one may have a successor of the same name by then.
      building.catch(() => this.sessions.get(session) === building && this.sessions.delete(session));
      opened = building;
    }
    const info = await opened;
    signal?.throwIfAborted();
    return info;
  }

  /** Frees a session once the runs asked for before are done; one that was never opened is no error. */
  async release(session: string): Promise<void> {
    this.sessions.delete(session);
    await this.request({ kind: 'release', session });
  }

  /** Makes a resident tensor of zeros. */
  async allocate(name: string, dtype: DType, shape: Shape): Promise<void> {
    await this.request({ kind: 'allocate', name, dtype, shape });
  }

  /** Writes into a resident tensor from element `offset` on, and moves `data` to the thread: its buffer is empty then. */
  async write(name: string, offset: number, data: TensorData): Promise<void> {
    await this.request({ kind: 'write', name, offset, data }, buffersOf([data]));
  }

  /**
   * Places a tensor in the thread, piece by piece, of the type that its array holds (`Uint8Array` is bool); `inspect` sees
   * each piece before it is sent. `data` is copied.
   * @throws GeneratorError ERR_ARGUMENT if the shape does not fit
   */
  async place<T extends TensorData>(
    name: string,
    shape: Shape,
    data: T,
    inspect?: (piece: T, offset: number) => void,
  ): Promise<void> {
    expectSize(name, shape, data);
    await this.allocate(name, dtypeOf(data), shape);
    for (let offset = 0; offset < data.length; offset += CHUNK) {
      const piece = data.slice(offset, offset + CHUNK) as T;
      inspect?.(piece, offset);
      await this.write(name, offset, piece);
    }
  }

  /** A copy of a resident tensor of this type. */
  async read<D extends DType = 'float32'>(name: string, dtype = 'float32' as D): Promise<ArrayOf<D>> {
    const { tensors } = await this.request({ kind: 'read', name, dtype });
    return tensors![name].data as ArrayOf<D>;
  }

  async free(names: readonly string[]): Promise<void> {
    await this.request({ kind: 'free', names });
  }

  /**
   * Runs a session. Runs, like all requests, are done one after another in the order they were asked for.
   * @throws GeneratorError ERR_ARGUMENT, ERR_RUNTIME, ERR_CLOSED; the signal's reason
   */
  async run(
    request: RunRequest,
    { transfer = false, recycle, signal }: RunOptions = {},
  ): Promise<Record<string, HostTensor>> {
    const feeds: RunRequest['feeds'] = {};
    const arrays: TensorData[] = [];
    for (const [input, value] of Object.entries(request.feeds)) {
      feeds[input] = value;
      if (typeof value === 'string') continue;
      expectSize(input, value.shape, value.data);
      const data = transfer ? value.data : value.data.slice();
      feeds[input] = { ...value, data };
      arrays.push(data);
    }
    const message: Request = { kind: 'run', ...request, feeds, returnFeeds: recycle !== undefined };
    const reply = await this.request(message, buffersOf(arrays), signal);
    if (reply.feeds) recycle?.(reply.feeds);
    return reply.tensors!;
  }

  /** Ends the thread once what was asked before is done. Later requests are refused. */
  close(): Promise<void> {
    this.closing ??= (async () => {
      if (!this.failed) await this.post({ kind: 'close' }, []).catch(() => {});
      this.worker.ref();
      await this.ended;
    })();
    return this.closing;
  }
}

/**
 * The thread that owns onnxruntime: the only file that loads it. A run there is a synchronous native call, so it must not
 * happen where an event loop serves others. Requests are answered one after another, in order.
 */
import { setImmediate } from 'node:timers/promises';
import { MessageChannel, parentPort, workerData } from 'node:worker_threads';
import type * as Ort from 'onnxruntime-node';
import type { DType } from '../../graph/index.js';
import {
  ARRAYS,
  BUSY,
  type HostTensor,
  type Message,
  type Model,
  type Recipe,
  type Reply,
  type Request,
  type SessionInfo,
  START,
  STOP,
  type ValueInfo,
  type WorkerOptions,
} from './protocol.js';
import { type Provider, SETUP_COMMAND, whyNotLoaded } from './providers.js';

const port = parentPort!;
const options = workerData as WorkerOptions;
const flags = new Int32Array(options.flags);

/** A resident tensor and the array its next value is written to, so that a run never overwrites what it reads. */
interface Resident {
  tensor: HostTensor;
  spare?: HostTensor['data'];
}

const sessions = new Map<string, Ort.InferenceSession>();
const residents = new Map<string, Resident>();
/** Requests not yet begun. One that is dropped leaves this set, which its turn finds out. */
const waiting = new Set<number>();
/** The last chain of runs that gave a number that is not finite. */
let brokenChain: number | undefined;
let ort: typeof Ort;
let provider: Provider;

/**
 * Runs native code with the busy flag up. Node aborts the whole process if a thread is torn down inside this addon, so a
 * process that exits first waits for the flag to fall; from then on nothing native may start.
 */
async function native<T>(work: () => Promise<T>): Promise<T> {
  Atomics.store(flags, BUSY, 1);
  try {
    if (Atomics.load(flags, STOP) === 0) return await work();
  } finally {
    Atomics.store(flags, BUSY, 0);
    Atomics.notify(flags, BUSY);
  }
  Atomics.wait(flags, STOP, 1); // the process is exiting: sleep until the thread is ended
  throw new Error('unreachable: the stop flag never falls');
}

function resident(name: string): Resident {
  const found = residents.get(name);
  if (!found) throw new Error(`Expected the name of a resident tensor but received '${name}'`);
  return found;
}

const { port1: sink, port2: closedEnd } = new MessageChannel();
closedEnd.close();

const buffersOf = (arrays: readonly HostTensor['data'][]): ArrayBuffer[] => [
  ...new Set(arrays.map(({ buffer }) => buffer).filter((buffer) => buffer instanceof ArrayBuffer)),
];

/**
 * Frees arrays at once, by moving them to where nobody listens. They are as large as the model's state, in each run, and
 * would otherwise stay until V8 next collects garbage.
 */
function discard(arrays: readonly HostTensor['data'][]): void {
  sink.postMessage(null, buffersOf(arrays));
}

function discardResident(name: string): void {
  const old = residents.get(name);
  residents.delete(name);
  if (old) discard(old.spare ? [old.tensor.data, old.spare] : [old.tensor.data]);
}

const toOrt = ({ dtype, data, shape }: HostTensor) => new ort.Tensor(dtype, data as Float32Array, shape);
const fromOrt = (tensor: Ort.Tensor): HostTensor => ({
  dtype: tensor.type as DType,
  shape: tensor.dims,
  data: tensor.data as HostTensor['data'],
});

async function build({ module, name, args }: Recipe): Promise<Model> {
  const functions = (await import(module)) as Record<
    string,
    (...args: readonly unknown[]) => Model | Promise<Model>
  >;
  return functions[name](...args);
}

async function createSession(model: Model, on: Provider['name']): Promise<Ort.InferenceSession> {
  const settings: Ort.InferenceSession.SessionOptions = {
    executionProviders: on === 'cuda' ? ['cuda', 'cpu'] : ['cpu'],
    intraOpNumThreads: options.threads,
    interOpNumThreads: 1,
    enableMemPattern: false, // as fast, and a third less memory
    logSeverityLevel: 3,
    extra: { session: { intra_op: { allow_spinning: '0' } } }, // idle threads sleep: others use the machine too
  };
  return native(() =>
    typeof model === 'string'
      ? ort.InferenceSession.create(model, settings)
      : ort.InferenceSession.create(model, settings),
  );
}

/** Runs a small model on CUDA: onnxruntime itself never falls back, and some faults show only in a run. */
async function chooseProvider(): Promise<Provider> {
  const { choice, probe, files, reason } = options.plan;
  if (!probe) return { name: 'cpu', reason };
  try {
    const session = await createSession(probe, 'cuda');
    const ones = { dtype: 'float32', shape: [2, 2], data: Float32Array.of(1, 1, 1, 1) } as const;
    await native(() => session.run({ x: toOrt(ones) }));
    await native(() => session.release());
    return { name: 'cuda', reason: 'the CUDA provider works' };
  } catch (error) {
    // Why a library did not load onnxruntime writes to its log alone.
    const cause = whyNotLoaded(files) ?? (error as Error).message.trim();
    const message = `the CUDA provider does not work here: ${cause} (${SETUP_COMMAND} --check tells more)`;
    if (choice === 'cuda') throw new Error(message, { cause: error });
    return { name: 'cpu', reason: message };
  }
}

function describe(session: Ort.InferenceSession): SessionInfo {
  const values = (list: readonly Ort.InferenceSession.ValueMetadata[]): ValueInfo[] =>
    list.map((value) =>
      value.isTensor
        ? { name: value.name, dtype: value.type, shape: value.shape }
        : { name: value.name, dtype: 'no tensor', shape: [] },
    );
  return { inputs: values(session.inputMetadata), outputs: values(session.outputMetadata) };
}

async function run(request: Extract<Request, { kind: 'run' }>): Promise<Record<string, HostTensor>> {
  const { guard } = request;
  if (guard && guard.chain === brokenChain)
    throw new Error('Expected finite results of the runs before but received others');
  const session = sessions.get(request.session);
  if (!session) throw new Error(`Expected an open session but received '${request.session}'`);
  const feeds: Record<string, Ort.Tensor> = {};
  for (const [input, value] of Object.entries(request.feeds))
    feeds[input] = toOrt(typeof value === 'string' ? resident(value).tensor : value);

  const fetches: Record<string, Ort.Tensor | null> = {};
  for (const output of request.fetch) fetches[output] = null;
  for (const [output, name] of Object.entries(request.keep)) {
    const old = residents.get(name);
    if (old) old.spare ??= old.tensor.data.slice();
    fetches[output] = old ? toOrt({ ...old.tensor, data: old.spare! }) : null;
  }
  let results: Ort.InferenceSession.OnnxValueMapType | undefined;
  try {
    results = await native(() => session.run(feeds, fetches));
  } finally {
    // What is not sent back to be filled again is of no more use.
    if (!(results && request.returnFeeds))
      discard(Object.values(handed(request.feeds)).map(({ data }) => data));
  }

  const finite = (output: string) => (results[output].data as Float32Array).every(Number.isFinite);
  if (guard && !guard.outputs.every(finite)) brokenChain = guard.chain;
  const unused = new Set(Object.keys(results));
  for (const output of request.fetch) unused.delete(output);
  const keep = guard && guard.chain === brokenChain ? {} : request.keep;
  for (const [output, name] of Object.entries(keep)) {
    const old = residents.get(name);
    if (old) {
      // The runtime has written into the spare array; the tensor it returns is a copy.
      residents.set(name, { tensor: { ...old.tensor, data: old.spare! }, spare: old.tensor.data });
    } else {
      residents.set(name, { tensor: fromOrt(results[output]) });
      unused.delete(output);
    }
  }
  discard([...unused].map((output) => fromOrt(results[output]).data));
  const sent = request.fetch.map((output): [string, HostTensor] => {
    const tensor = fromOrt(results[output]);
    // What is sent back leaves this thread: of what also stays, a copy goes.
    return [output, output in request.keep ? { ...tensor, data: tensor.data.slice() } : tensor];
  });
  return Object.fromEntries(sent);
}

async function answer(request: Request): Promise<Omit<Reply, 'id'>> {
  switch (request.kind) {
    case 'open': {
      const { model } = request;
      const isRecipe = typeof model === 'object' && 'module' in model;
      const session = await createSession(isRecipe ? await build(model) : model, provider.name);
      sessions.set(request.session, session);
      return { info: describe(session) };
    }
    case 'release': {
      const session = sessions.get(request.session);
      sessions.delete(request.session);
      if (session) await native(() => session.release());
      return {};
    }
    case 'allocate': {
      const size = request.shape.reduce((product, length) => product * length, 1);
      const { dtype, shape } = request;
      discardResident(request.name);
      residents.set(request.name, { tensor: { dtype, shape, data: new ARRAYS[dtype](size) } });
      return {};
    }
    case 'write': {
      const { dtype, data } = resident(request.name).tensor;
      if (!(request.data instanceof ARRAYS[dtype]))
        throw new Error(
          `Expected ${dtype} elements for ${request.name} but received ${request.data.constructor.name}`,
        );
      (data as Float32Array).set(request.data as Float32Array, request.offset);
      discard([request.data]);
      return {};
    }
    case 'read': {
      const { tensor } = resident(request.name);
      if (tensor.dtype !== request.dtype)
        throw new Error(
          `Expected ${tensor.dtype} for the type of ${request.name} but received ${request.dtype}`,
        );
      return { tensors: { [request.name]: { ...tensor, data: tensor.data.slice() } } };
    }
    case 'free':
      for (const name of request.names) discardResident(name);
      return {};
    case 'run':
      return { tensors: await run(request), feeds: request.returnFeeds ? handed(request.feeds) : undefined };
    case 'close':
      for (const session of sessions.values()) await native(() => session.release());
      sessions.clear();
      residents.clear();
      return {};
  }
}

/** The feeds that came with a request. */
const handed = (feeds: Extract<Request, { kind: 'run' }>['feeds']): Record<string, HostTensor> =>
  Object.fromEntries(
    Object.entries(feeds).filter((entry): entry is [string, HostTensor] => typeof entry[1] !== 'string'),
  );

function reply(message: Reply): void {
  const arrays = Object.values({ ...message.tensors, ...message.feeds }).map(({ data }) => data);
  port.postMessage(message, buffersOf(arrays));
}

function fail(id: number, kind: NonNullable<Reply['error']>['kind'], error: unknown): void {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  reply({ id, error: { kind, message, stack } });
}

try {
  ort = await native(() => import('onnxruntime-node'));
  ort.env.logLevel = 'fatal'; // what fails is thrown: it needs no line on stderr too
  try {
    provider = await chooseProvider();
    reply({ id: START, provider });
  } catch (error) {
    fail(START, 'cuda', error);
  }
} catch (error) {
  fail(START, 'missing', error);
}

let queue = Promise.resolve();
port.on('message', (message: Message) => {
  if ('drop' in message) {
    waiting.delete(message.drop);
    return;
  }
  const { id, request } = message;
  waiting.add(id);
  queue = queue.then(async () => {
    await setImmediate(); // lets messages in that came during the run before: they may drop this request
    try {
      reply(waiting.delete(id) ? { id, ...(await answer(request)) } : { id, dropped: true });
    } catch (error) {
      fail(id, 'runtime', error);
    }
    if (request.kind === 'close') port.close();
  });
});

/**
 * The thread that owns onnxruntime: the only file that loads it. A run there is a synchronous native call, so it must not
 * happen where an event loop serves others. Requests are answered one after another, in order.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type * as Ort from 'onnxruntime-node';
import type { DType } from '../../graph/index.js';
import {
  BUSY,
  type HostTensor,
  type Reply,
  type Request,
  START,
  STOP,
  type WorkerOptions,
} from './protocol.js';

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
let ort: typeof Ort;

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

const toOrt = ({ dtype, data, shape }: HostTensor) => new ort.Tensor(dtype, data as Float32Array, shape);
const fromOrt = (tensor: Ort.Tensor): HostTensor => ({
  dtype: tensor.type as DType,
  shape: tensor.dims,
  data: tensor.data as HostTensor['data'],
});

async function run(request: Extract<Request, { kind: 'run' }>): Promise<Record<string, HostTensor>> {
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
  const results = await native(() => session.run(feeds, fetches));

  for (const [output, name] of Object.entries(request.keep)) {
    const old = residents.get(name);
    // The runtime has written into the spare array; the tensor it returns is another one.
    if (old) residents.set(name, { tensor: { ...old.tensor, data: old.spare! }, spare: old.tensor.data });
    else residents.set(name, { tensor: fromOrt(results[output]) });
  }
  return Object.fromEntries(request.fetch.map((output) => [output, fromOrt(results[output])]));
}

async function answer(request: Request): Promise<Record<string, HostTensor> | undefined> {
  switch (request.kind) {
    case 'open': {
      const session = await native(() =>
        ort.InferenceSession.create(request.model, {
          executionProviders: ['cpu'],
          intraOpNumThreads: options.threads,
          interOpNumThreads: 1,
          enableMemPattern: false, // as fast, and a third less memory
          logSeverityLevel: 3,
          extra: { session: { intra_op: { allow_spinning: '0' } } }, // idle threads sleep: others use the machine too
        }),
      );
      sessions.set(request.session, session);
      return;
    }
    case 'allocate': {
      const size = request.shape.reduce((product, length) => product * length, 1);
      const { dtype, shape } = request;
      residents.set(request.name, { tensor: { dtype, shape, data: new Float32Array(size) } });
      return;
    }
    case 'write':
      (resident(request.name).tensor.data as Float32Array).set(request.data, request.offset);
      return;
    case 'read': {
      const { tensor } = resident(request.name);
      return { [request.name]: { ...tensor, data: tensor.data.slice() } };
    }
    case 'free':
      for (const name of request.names) residents.delete(name);
      return;
    case 'run':
      return run(request);
    case 'close':
      for (const session of sessions.values()) await native(() => session.release());
      sessions.clear();
      residents.clear();
      return;
  }
}

function reply(message: Reply): void {
  const buffers = new Set<ArrayBuffer>();
  for (const { data } of Object.values(message.tensors ?? {}))
    if (data.buffer instanceof ArrayBuffer) buffers.add(data.buffer);
  port.postMessage(message, [...buffers]);
}

function failure(id: number, error: unknown, missing = false): Reply {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { id, error: { message, stack, missing } };
}

try {
  ort = await native(() => import('onnxruntime-node'));
  reply({ id: START });
} catch (error) {
  port.postMessage(failure(START, error, true));
}

let queue = Promise.resolve();
port.on('message', ({ id, request }: { id: number; request: Request }) => {
  queue = queue.then(async () => {
    try {
      reply({ id, tensors: await answer(request) });
    } catch (error) {
      port.postMessage(failure(id, error));
    }
    if (request.kind === 'close') port.close();
  });
});

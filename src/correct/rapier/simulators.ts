import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Corrected, Reply, Request } from './protocol.js';

/** Rapier could not be loaded. */
export class RapierUnavailable extends Error {}

/**
 * Threads that simulate. A motion takes a second or so in one piece of WebAssembly, which would hold the event loop, so that
 * neither a timer nor an abort came through; a thread of its own can be ended in the middle of a step. Threads that are done
 * wait for the next call, as loading Rapier and compiling it takes about as long as a motion; they do not keep the process
 * alive.
 */
export class Simulator {
  private static readonly idle: Simulator[] = [];

  private constructor(private readonly worker: Worker) {}

  /** An idle thread, or a new one. Rejects with `RapierUnavailable`. */
  static async take(): Promise<Simulator> {
    const idle = Simulator.idle.pop();
    if (idle) {
      idle.worker.ref();
      return idle;
    }
    // Flags of the process go along, but for the one that is about the text of its program.
    const execArgv = process.execArgv.filter((flag) => !flag.startsWith('--input-type'));
    const worker = new Worker(new URL('./worker.js', import.meta.url), { execArgv });
    const simulator = new Simulator(worker);
    const reply = await simulator.next<'ready' | Reply>();
    if (reply !== 'ready') {
      await worker.terminate();
      throw new RapierUnavailable('unavailable' in reply ? reply.unavailable : 'it did not start');
    }
    return simulator;
  }

  /** Corrects one motion. Rejects when the thread ends. */
  async correct(request: Request): Promise<Corrected & { broken: boolean }> {
    this.worker.postMessage(request);
    const reply = await this.next<Reply>();
    if ('unavailable' in reply) throw new RapierUnavailable(reply.unavailable);
    return { ...reply.corrected, broken: reply.broken };
  }

  /** Leaves the thread to the next call. */
  leave(): void {
    this.worker.unref();
    Simulator.idle.push(this);
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }

  private async next<T>(): Promise<T> {
    const ended = new AbortController();
    const exit = once(this.worker, 'exit', { signal: ended.signal }).then(() => {
      throw new Error('the thread of the simulation ended');
    });
    exit.catch(() => {}); // it is raced, and aborted when the message wins
    try {
      const [message] = await Promise.race([once(this.worker, 'message', { signal: ended.signal }), exit]);
      return message as T;
    } finally {
      ended.abort();
    }
  }
}

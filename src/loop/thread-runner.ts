import { Worker } from 'node:worker_threads';
import { configJson, type LoopConfig } from './config.js';
import { LoopError } from './errors.js';
import type { Row } from './layout.js';
import type { Unit } from './plan.js';
import type { Runner, UnitResult } from './runner.js';
import type { Json } from './task.js';
import type { FromThread, ThreadData, ToThread } from './unit-thread.js';

/** How another thread makes a task: an exported function of a module (a URL), and its arguments. It returns a task or a promise of one. */
export interface TaskRecipe {
  module: string;
  name: string;
  args: Json[];
}

/** Does units in a thread of its own, on the real file system. */
export class ThreadRunner implements Runner {
  seed: number | undefined;
  private readonly worker: Worker;
  private failure: Error | undefined;
  private pending:
    | {
        hooks: Parameters<Runner['run']>[2];
        resolve(result: UnitResult): void;
        reject(error: unknown): void;
      }
    | undefined;
  private readonly exited: Promise<void>;
  private readonly onAbort = (): void => this.post({ type: 'abort' });

  constructor(
    recipe: TaskRecipe,
    config: LoopConfig,
    out: string,
    private readonly signal: AbortSignal,
  ) {
    const workerData: ThreadData = { recipe, config: configJson(config), out };
    this.worker = new Worker(new URL('./unit-thread.js', import.meta.url), { workerData });
    this.exited = new Promise((resolve) => this.worker.once('exit', () => resolve()));
    this.worker.on('message', (message: FromThread) => this.receive(message));
    this.worker.on('error', (error) => this.fail(error as Error));
    this.worker.once('exit', (code) =>
      this.fail(new Error(`Expected a thread of the loop to go on but it ended with ${code}`)),
    );
    signal.addEventListener('abort', this.onAbort);
  }

  run(unit: Unit, initial: readonly Row[], hooks: Parameters<Runner['run']>[2]): Promise<UnitResult> {
    this.seed = unit.seed;
    return new Promise((resolve, reject) => {
      if (this.failure) return reject(this.failure);
      this.pending = { hooks, resolve, reject };
      this.post({ type: 'run', unit, initial: [...initial] });
    });
  }

  async close(): Promise<void> {
    this.signal.removeEventListener('abort', this.onAbort);
    this.post({ type: 'close' });
    await this.exited;
  }

  private post(message: ToThread): void {
    this.worker.postMessage(message);
  }

  private receive(message: FromThread): void {
    const { pending } = this;
    if (!pending) return;
    switch (message.type) {
      case 'event':
        pending.hooks.onEvent(message.event);
        break;
      case 'cost':
        pending.hooks.onCost(message.cost).then(
          () => this.post({ type: 'cost safe' }),
          (error: unknown) => {
            // The thread waits for the costs before it renames its checkpoint: it must not go on.
            this.post({ type: 'abort' });
            this.post({ type: 'cost safe' });
            this.fail(error as Error);
          },
        );
        break;
      case 'result':
        this.pending = undefined;
        pending.resolve(message.result);
        break;
      case 'failed': {
        this.pending = undefined;
        const { code, text } = message;
        pending.reject(
          this.signal.aborted
            ? this.signal.reason
            : code
              ? new LoopError(code as LoopError['code'], text)
              : Object.assign(new Error(text), { stack: message.stack }),
        );
      }
    }
  }

  private fail(error: Error): void {
    this.failure ??= error;
    const { pending } = this;
    this.pending = undefined;
    pending?.reject(error);
  }
}

/** The thread that a ThreadRunner starts: makes the task by its recipe and does the units it is sent. */
import { parentPort, workerData } from 'node:worker_threads';
import { configFromJson } from './config.js';
import { LoopError } from './errors.js';
import type { LoopEvent } from './events.js';
import { explained } from './explained-fs.js';
import { nodeFs } from './fs.js';
import type { CostRow, Row } from './layout.js';
import type { Unit } from './plan.js';
import { LocalRunner, Trials, type UnitResult } from './runner.js';
import type { Json, Task } from './task.js';
import type { TaskRecipe } from './thread-runner.js';

export interface ThreadData {
  recipe: TaskRecipe;
  config: { [key: string]: Json };
  out: string;
}

export type ToThread =
  | { type: 'run'; unit: Unit; initial: Row[] }
  | { type: 'cost safe' }
  | { type: 'abort' }
  | { type: 'close' };

export type FromThread =
  | { type: 'event'; event: LoopEvent }
  | { type: 'cost'; cost: CostRow }
  | { type: 'result'; result: UnitResult }
  | { type: 'failed'; code?: string; text: string; stack?: string };

/** Shortest time between two messages of progress [ms]: toys have thousands of stages a second. */
const QUIET = 100;

if (parentPort) serve(workerData as ThreadData, parentPort);

function serve(data: ThreadData, port: NonNullable<typeof parentPort>): void {
  const controller = new AbortController();
  const { signal } = controller;
  let onCostSafe = (): void => {};
  let spoken = Number.NEGATIVE_INFINITY;
  const post = (message: FromThread): void => port.postMessage(message);

  const ready = makeTask(data.recipe).then((task) => {
    const fs = explained(nodeFs);
    const trials = new Trials(task, configFromJson(data.config), signal, { fs, directory: data.out });
    return { trials, runner: new LocalRunner(trials, { fs, out: data.out }) };
  });
  ready.catch(() => {}); // said when a unit asks for it

  const run = async (unit: Unit, initial: Row[]): Promise<void> => {
    try {
      const { trials, runner } = await ready;
      if (runner.seed !== undefined && runner.seed !== unit.seed) {
        const { seed } = runner;
        await runner.close();
        await trials.close(seed);
      }
      const result = await runner.run(unit, initial, {
        onEvent: (event) => {
          const now = performance.now();
          if (event.type === 'progress' && now - spoken < QUIET) return;
          spoken = now;
          post({ type: 'event', event });
        },
        onCost: async (cost) => {
          const safe = new Promise<void>((resolve) => {
            onCostSafe = resolve;
          });
          post({ type: 'cost', cost });
          await safe;
          signal.throwIfAborted();
        },
      });
      post({ type: 'result', result });
    } catch (error) {
      const { message, stack } = error as Error;
      post({
        type: 'failed',
        code: error instanceof LoopError ? error.code : undefined,
        text: message,
        stack,
      });
    }
  };

  const close = async (): Promise<void> => {
    const held = await ready.catch(() => undefined);
    await held?.runner.close();
    await held?.trials.closeAll();
    port.close();
  };

  port.on('message', (message: ToThread) => {
    if (message.type === 'run') void run(message.unit, message.initial);
    else if (message.type === 'cost safe') onCostSafe();
    else if (message.type === 'abort') controller.abort();
    else void close();
  });
}

async function makeTask({ module, name, args }: TaskRecipe): Promise<Task<unknown>> {
  const exported = ((await import(module)) as Record<string, unknown>)[name];
  if (typeof exported !== 'function')
    throw new LoopError(
      'ERR_TASK',
      `Expected a function ${name} of ${module} but received ${typeof exported}`,
    );
  return (await exported(...args)) as Task<unknown>;
}

import type { LoopEvent } from '../loop/index.js';
import { duration, type Progress } from './progress.js';
import { format } from './table.js';

const SHOWN = ['fid', 'recall', 'jerk', 'physErr'];

/** `corrected 3` or `generation 0`; with several seeds in the run the seed follows. */
function unitName(event: { seed: number; arm: string | null; generation: number }): string {
  const name = event.arm === null ? 'generation 0' : `${event.arm} ${event.generation}`;
  return event.seed === 0 ? name : `${name} (seed ${event.seed})`;
}

/** Turns the loop's events into bars (one for the whole run, one per unit under way) and a line per finished unit. */
export function loopProgress(
  progress: Progress,
  /** Without a line per finished unit: tasks that take milliseconds have thousands. */
  options: { quiet?: boolean } = {},
): (event: LoopEvent) => void {
  return (event) => {
    switch (event.type) {
      case 'start':
        if (event.done > 0)
          progress.log(`Going on in ${event.out}: ${event.done} of ${event.units} generations are done`, {
            event: 'resume',
            ...event,
          });
        progress.update({ stage: 'loop', done: event.done, total: event.units });
        break;
      case 'progress':
        if (options.quiet) break;
        progress.update({
          bar: unitName(event),
          stage: `${unitName(event)}: ${event.stage}`,
          done: event.done,
          total: event.total,
          ...(event.loss === undefined ? {} : { note: `loss ${event.loss.toPrecision(3)}` }),
        });
        break;
      case 'unit': {
        if (options.quiet) {
          progress.end(unitName(event));
          progress.update({ stage: 'loop', done: event.done, total: event.units });
          break;
        }
        const { seed: _seed, arm: _arm, generation: _generation, ...stages } = event.cost;
        const seconds = Object.values(stages).reduce((sum, value) => sum + (value ?? 0), 0);
        const latest = event.rows
          .flatMap((row) => (row.kind === 'generation' ? [row.metrics ?? {}] : []))
          .filter((metrics) => Object.keys(metrics).length > 0)
          .at(-1);
        const values = latest
          ? SHOWN.map((name) => `${name} ${format(latest[name])}`).join('  ')
          : 'not evaluated';
        progress.log(`${unitName(event).padEnd(16)} ${values}  (${duration(seconds)})`, {
          event: 'unit',
          ...event,
        });
        progress.end(unitName(event));
        progress.update({ stage: 'loop', done: event.done, total: event.units });
        break;
      }
      case 'warning':
        progress.log(`warning: ${unitName(event)}: ${event.message}`, { event: 'warning', ...event });
        break;
    }
  };
}

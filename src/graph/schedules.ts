/** Learning rates over the course of training, computed outside the graph and fed to it. */

/** Learning rate of a step; `step` counts those before it, so it is 0 for the first. */
export type LearningRateSchedule = (step: number) => number;

/** From one learning rate to another, held after the last step. */
export interface Decay {
  /** Learning rate of the first step. */ from: number;
  /** Learning rate from step `steps` on; default 0. */ to?: number;
  /** Steps that the way takes, 1 or more. */ steps: number;
}

function expectRate(name: string, value: number): void {
  if (!(Number.isFinite(value) && value >= 0))
    throw new Error(`Expected a finite number of at least 0 for ${name} but received ${value}`);
}
function expectSteps(name: string, value: number): void {
  if (!(Number.isInteger(value) && value >= 1))
    throw new Error(`Expected an integer of at least 1 for ${name} but received ${value}`);
}

/** The way from `from` to `to`; `share` maps progress 0..1 to what is left of the difference, 1..0. */
function decay({ from, to = 0, steps }: Decay, share: (progress: number) => number): LearningRateSchedule {
  expectRate('from', from);
  expectRate('to', to);
  expectSteps('steps', steps);
  return (step) => to + (from - to) * share(Math.min(step / steps, 1));
}

/** Always `rate`. */
export function constantRate(rate: number): LearningRateSchedule {
  expectRate('rate', rate);
  return () => rate;
}

/** `to + (from - to) (1 - step / steps)`. */
export const linearDecay = (options: Decay): LearningRateSchedule =>
  decay(options, (progress) => 1 - progress);

/** `to + (from - to) (1 + cos(π step / steps)) / 2` (Loshchilov & Hutter 2017, without restarts). */
export const cosineDecay = (options: Decay): LearningRateSchedule =>
  decay(options, (progress) => (1 + Math.cos(Math.PI * progress)) / 2);

/** `from factor^⌊step / every⌋`. */
export function stepDecay(options: { from: number; factor: number; every: number }): LearningRateSchedule {
  const { from, factor, every } = options;
  expectRate('from', from);
  expectRate('factor', factor);
  expectSteps('every', every);
  return (step) => from * factor ** Math.floor(step / every);
}

/** `then` scaled by `(step + 1) / steps` while that is below 1: the first step is small, but not nothing. */
export function warmup(steps: number, then: LearningRateSchedule): LearningRateSchedule {
  expectSteps('steps', steps);
  return (step) => then(step) * Math.min((step + 1) / steps, 1);
}

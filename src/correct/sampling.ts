import { expected } from './errors.js';

/**
 * Tracking by sampling, for motions that one simulation loses: in every window of the motion many deviating simulations start
 * from the best of the window before; those go on whose body is nearest to the motion and most balanced after a look ahead
 * (Liu et al. 2010, "Sampling-based contact-rich motion control"). With it most real motion needs no outside help at all
 * (`assist: { force: 0, torque: 0 }`). A second of motion takes about as long as `samples` x (1 + lookahead / window) seconds
 * of it without sampling.
 */
export interface SamplingOptions {
  /** Simulations of each window, 2 to 4,096; default 32. Multiples of 16 fill the lanes. */
  samples?: number;
  /** How many of them go on, 1 to `samples`; default a quarter. */
  keep?: number;
  /** Length of a window in seconds, 0.01 to 1; default 0.1. At least a frame. */
  window?: number;
  /** Seconds that each simulation is continued, without deviating, before it is judged, 0 to 2; default 0.4. */
  lookahead?: number;
}

/** As the addon takes them; `samples` 0 is off. */
export interface ResolvedSampling {
  samples: number;
  samplesKept: number;
  window: number;
  lookahead: number;
}

const OFF: ResolvedSampling = { samples: 0, samplesKept: 1, window: 0.1, lookahead: 0 };
const KNOWN = ['samples', 'keep', 'window', 'lookahead'];

type Checked = (value: unknown, name: string, low: number, high: number, fallback: number) => number;

/** Checks option `sampling`: an object, or true for the defaults. */
export function resolveSampling(value: unknown, number: Checked, integer: Checked): ResolvedSampling {
  if (value === undefined || value === false) return OFF;
  if (value !== true && (value === null || typeof value !== 'object'))
    throw expected('ERR_TYPE', 'true or an object { samples, keep, window, lookahead }', 'sampling', value);
  const given: SamplingOptions = value === true ? {} : value;
  for (const name of Object.keys(given))
    if (!KNOWN.includes(name))
      throw expected('ERR_TYPE', `one of ${KNOWN.join(', ')}`, 'an option name of sampling', name);
  const samples = integer(given.samples, 'sampling.samples', 2, 4096, 32);
  return {
    samples,
    samplesKept: integer(given.keep, 'sampling.keep', 1, samples, Math.max(1, Math.floor(samples / 4))),
    window: number(given.window, 'sampling.window', 0.01, 1, 0.1),
    lookahead: number(given.lookahead, 'sampling.lookahead', 0, 2, 0.4),
  };
}

import { availableParallelism } from 'node:os';
import { DEVICES, type Device } from './device.js';
import { expected } from './errors.js';
import { FORMS, type MotionForm } from './inputs.js';
import type { NativeOptions } from './native.js';
import { resolveSampling, type SamplingOptions } from './sampling.js';

/** Options of `correctBatch()` and `correct()`; all are optional. */
export interface CorrectOptions {
  /** Frames per second of the motions, 5 to 240; default 20. */
  fps?: number;
  /**
   * `clip` (default): an animator repairs one motion; low pass, re-rooting, foot lock: the most visible repair.
   * `loop`: a generator trains on the result; keeps the path, adds no low pass, and returns a motion that is valid already
   * (simulated within the first rung, 15 mm from it or less, feet planted) as it came: the least bias.
   */
  preset?: 'clip' | 'loop';
  /**
   * Whether the path of the pelvis stays as it is. If not, the slides of its standing feet are taken out of it (re-rooting):
   * feet that slide forwards by a fifth then walk a fifth less far. Default: true with preset `loop`, false with `clip`.
   */
  keepPath?: boolean;
  /**
   * Caps of the outside help at the pelvis on the first rung of the ladder: `force` in body weights (0 to 100, default 0.5),
   * `torque` in N m (0 to 100,000, default 300). A motion that fails there climbs to 1 body weight; with preset `clip` at
   * last to as much as it needs.
   */
  assist?: { force?: number; torque?: number };
  /** Tracks by sampling, within the caps of each rung, what one simulation loses there; true for the defaults. Default: off. */
  sampling?: boolean | SamplingOptions;
  /** Correction strength, 0 to Infinity (default): a motion is corrected with probability gamma / (1 + gamma). */
  gamma?: number;
  /** Seed of gamma's draws and of sampling, an integer; default 0. */
  seed?: number;
  /** Physics steps per second, 60 to 2,000; default 240. */
  rate?: number;
  /**
   * What simulates. `cpu`: the addon. `cuda`: the addon on an NVIDIA GPU, with the same bytes; sampling stays on the CPU. `rapier`: the same body, gains and ladder on Rapier in WebAssembly, hundreds of times
   * slower; a simpler cleaning of the motion and no planned contact forces, so more outside help; no `sampling`; `keepPath`
   * always; preset `loop` returns what it simulated also of valid motion; contact labels say where a sole is within 5 mm of the
   * ground; `torque` of the reports is 0. `auto` (default): the addon, on the GPU where there is one and the batch is large enough to be
   * sooner done there (`CUDA_FROM`); where the addon is missing, Rapier with a process warning (`SELFCORRECT_NO_ADDON`).
   */
  device?: Device;
  /** Threads, 1 to 1,024; default: one per core. */
  threads?: number;
  /**
   * Form of the motions returned: `same` (default) as each came, or `joints`, `rotations` or `features` for all. Joint
   * positions are there in any case.
   */
  output?: 'same' | MotionForm;
  /** Aborts the work; the call rejects with `signal.reason`. */
  signal?: AbortSignal;
  /**
   * Called at most every 50 ms with the number of motions done, and once at the end; never after the call settled. What it
   * throws ends the work.
   */
  onProgress?: (progress: { done: number; total: number }) => void;
}

/** Options of `correctBatch()`. */
export interface BatchOptions extends CorrectOptions {
  /**
   * Array for the joints of the results `[sum of T, 22, 3]`, which `motions[i].joints` are then views of; not the memory of an
   * input. Of a motion whose values fill no whole frames, T is the whole ones.
   */
  out?: Float32Array;
}

/** Options of `correct()`. */
export interface StreamOptions extends CorrectOptions {
  /**
   * Motions in flight at most, that is taken from the stream and not consumed yet, 1 to 1,048,576; default: 8 for each lane of
   * each thread, 4,096 on a GPU. Half of them are corrected together.
   */
  window?: number;
}

export interface ResolvedOptions extends NativeOptions {
  device: Device;
  gamma: number;
  output: 'same' | MotionForm;
  out?: Float32Array;
  /** Option `window` of a stream; 0: to be chosen. */
  inFlight: number;
  signal?: AbortSignal;
  onProgress?: (progress: { done: number; total: number }) => void;
}

const OUTPUTS = ['same', ...FORMS] as const;
const KNOWN = [
  'fps',
  'preset',
  'keepPath',
  'assist',
  'sampling',
  'gamma',
  'seed',
  'rate',
  'device',
  'threads',
  'output',
  'signal',
  'onProgress',
];

function number(value: unknown, name: string, low: number, high: number, fallback: number): number {
  if (value === undefined) return fallback;
  if (typeof value !== 'number') throw expected('ERR_TYPE', 'a number', name, value);
  if (!(value >= low && value <= high))
    throw expected('ERR_RANGE', `a number from ${low} to ${high}`, name, value);
  return value;
}

function boolean(value: unknown, name: string, fallback: boolean): boolean {
  if (value === undefined) return fallback;
  if (typeof value !== 'boolean') throw expected('ERR_TYPE', 'true or false', name, value);
  return value;
}

function integer(value: unknown, name: string, low: number, high: number, fallback: number): number {
  const result = number(value, name, low, high, fallback);
  if (!Number.isInteger(result)) throw expected('ERR_RANGE', 'an integer', name, value);
  return result;
}

/** Checks the options and fills in the defaults; `own` is the option that only this call has. */
export function resolveOptions(
  options: BatchOptions & StreamOptions,
  own: 'out' | 'window',
): ResolvedOptions {
  if (options === null || typeof options !== 'object')
    throw expected('ERR_TYPE', 'an object', 'options', options);
  const known = [...KNOWN, own];
  for (const name of Object.keys(options))
    if (!known.includes(name))
      throw expected('ERR_TYPE', `one of ${known.join(', ')}`, 'an option name', name);
  const { preset = 'clip', assist = {}, device = 'auto', output = 'same', signal, onProgress } = options;
  if (preset !== 'clip' && preset !== 'loop')
    throw expected('ERR_RANGE', "'clip' or 'loop'", 'preset', preset);
  if (assist === null || typeof assist !== 'object')
    throw expected('ERR_TYPE', 'an object { force, torque }', 'assist', assist);
  if (!DEVICES.includes(device))
    throw expected('ERR_RANGE', "'auto', 'cpu', 'cuda' or 'rapier'", 'device', device);
  if (!OUTPUTS.includes(output))
    throw expected('ERR_RANGE', "'same', 'joints', 'rotations' or 'features'", 'output', output);
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw expected('ERR_TYPE', 'an AbortSignal', 'signal', signal);
  if (onProgress !== undefined && typeof onProgress !== 'function')
    throw expected('ERR_TYPE', 'a function', 'onProgress', onProgress);
  return {
    fps: number(options.fps, 'fps', 5, 240, 20),
    preset: preset === 'clip' ? 0 : 1,
    keepPath: boolean(options.keepPath, 'keepPath', preset === 'loop'),
    rate: number(options.rate, 'rate', 60, 2000, 240),
    force: number(assist.force, 'assist.force', 0, 100, 0.5),
    torque: number(assist.torque, 'assist.torque', 0, 100_000, 300),
    ...resolveSampling(options.sampling, number, integer),
    gamma: number(options.gamma, 'gamma', 0, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY),
    seed: integer(options.seed, 'seed', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, 0),
    threads: integer(options.threads, 'threads', 1, 1024, availableParallelism()),
    device,
    output,
    out: options.out,
    inFlight: options.window === undefined ? 0 : integer(options.window, 'window', 1, 2 ** 20, 1),
    signal,
    onProgress,
  };
}

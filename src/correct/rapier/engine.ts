import { FRAME_SIZE } from '../../motion/motion.js';
import { JOINT_COUNT } from '../../motion/skeleton.js';
import { CorrectorError } from '../errors.js';
import type { Job, JobArrays } from '../job.js';
import { CONTACT_LABELS, REPORT_COLUMNS } from '../report.js';
import type { Settings } from './protocol.js';
import { RapierUnavailable, Simulator } from './simulators.js';

const PROGRESS_EVERY = 50; // ms

/**
 * The corrector on Rapier, called like the addon: `promise` fulfils when every motion has its row, or soon after `cancel()`.
 * @param missing why there is no addon, when this stands in for it.
 */
export function correctOnRapier(
  arrays: JobArrays,
  options: Settings & { threads: number },
  onProgress?: (done: number) => void,
  missing = '',
): Job {
  const { lengths } = arrays;
  const { threads, fps, preset, rate, force, torque } = options;
  const settings: Settings = { fps, preset, rate, force, torque };
  const busy = new Set<Simulator>();
  let [next, done, cancelled, told] = [0, 0, false, performance.now()];
  const part = <A extends Float32Array | Uint8Array>(array: A, i: number, size: number): A =>
    array.subarray(arrays.starts[i] * size, (arrays.starts[i] + lengths[i]) * size) as A;
  const frames = (array: Float32Array | Float32Array[], i: number): Float32Array =>
    Array.isArray(array) ? array[i].subarray(0, lengths[i] * FRAME_SIZE) : part(array, i, FRAME_SIZE);

  /** One thread's share: the next motion that nobody has taken, until there is none. */
  async function work(): Promise<void> {
    while (next < lengths.length && !cancelled) {
      const simulator = await Simulator.take();
      if (cancelled) return simulator.leave();
      busy.add(simulator);
      let broken = false;
      while (next < lengths.length && !cancelled && !broken) {
        const i = next++;
        const joints = frames(arrays.joints, i).slice();
        const corrected = await simulator.correct({ joints, kept: arrays.keep?.[i] === 1, settings });
        if (cancelled) return;
        broken = corrected.broken;
        frames(arrays.out, i).set(corrected.joints);
        part(arrays.contacts, i, CONTACT_LABELS).set(corrected.contacts);
        if (arrays.bodies && corrected.bodies) part(arrays.bodies, i, 4 * JOINT_COUNT).set(corrected.bodies);
        arrays.table.set(corrected.row, i * REPORT_COLUMNS.length);
        done++;
        const now = performance.now();
        if (now - told > PROGRESS_EVERY) {
          told = now;
          onProgress?.(done);
        }
      }
      busy.delete(simulator);
      if (broken) await simulator.end();
      else simulator.leave();
    }
  }

  const end = () => Promise.all([...busy].map((simulator) => simulator.end()));
  async function run(): Promise<void> {
    const count = Math.min(threads, lengths.length);
    try {
      await Promise.all(Array.from({ length: count }, work));
    } catch (cause) {
      if (cancelled) return;
      cancelled = true;
      await end();
      if (!(cause instanceof RapierUnavailable)) throw cause;
      const why = `Rapier could not be loaded: ${cause.message}`;
      throw new CorrectorError(
        'ERR_NATIVE_LOAD',
        missing ? `${missing} Nor is there a substitute: ${why}` : `${why}. Install it with "npm install".`,
        { cause },
      );
    }
  }
  // A cancelled job does not wait for threads that are still starting: they serve the next one.
  let settle = () => {};
  const stopped = new Promise<void>((resolve) => {
    settle = resolve;
  });
  return {
    promise: Promise.race([run(), stopped]),
    cancel() {
      cancelled = true;
      void end().then(settle);
    },
  };
}

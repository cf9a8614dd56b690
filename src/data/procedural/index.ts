import { Random } from '../../random/random.js';
import { bow } from './actions/bow.js';
import type { Action } from './actions/clip.js';
import { dance } from './actions/dance.js';
import { exercise } from './actions/exercise.js';
import { idle } from './actions/idle.js';
import { jump } from './actions/jump.js';
import { kick } from './actions/kick.js';
import { march } from './actions/march.js';
import { punch } from './actions/punch.js';
import { reach } from './actions/reach.js';
import { run } from './actions/run.js';
import { sidestep } from './actions/sidestep.js';
import { squat } from './actions/squat.js';
import { toss } from './actions/throw.js';
import { turn } from './actions/turn.js';
import { walk } from './actions/walk.js';
import { wave } from './actions/wave.js';
import type { ProceduralMotion } from './motion.js';

export type { ProceduralMotion } from './motion.js';

const ACTIONS: Record<string, Action> = {
  walk,
  run,
  jump,
  squat,
  wave,
  kick,
  punch,
  sidestep,
  turn,
  bow,
  idle,
  march,
  reach,
  dance,
  exercise,
  throw: toss,
};

/** Names of the actions of the built-in data set. */
export const PROCEDURAL_ACTIONS: readonly string[] = Object.keys(ACTIONS);

export interface ProceduralOptions {
  /** Equal seeds give equal bytes; clip k depends on the seed, k and `seconds` alone. Default 0. */
  seed?: number;
  /** Number of clips. Default 160. */
  count?: number;
  /** Shortest and longest clip, seconds. Default [3, 6]. */
  seconds?: [number, number];
}

/**
 * The built-in data set: captioned clips of human motion computed from published biomechanics, 20 frames per second, 22
 * joints `[frames, 22, 3]`, metres, y up, one skeleton. The actions take turns, so every count is balanced. Planted feet do
 * not move, nothing is under the floor (the lowest joint of each clip is at y = 0), bones keep their lengths, flights fall
 * freely, and `contacts` tells the truth.
 * @throws RangeError when an option is out of range.
 */
export function proceduralMotions(options: ProceduralOptions = {}): ProceduralMotion[] {
  const { seed = 0, count = 160, seconds = [3, 6] } = options;
  if (!Number.isSafeInteger(seed))
    throw new RangeError(`Expected a safe integer for seed but received ${seed}`);
  if (!(Number.isInteger(count) && count >= 0))
    throw new RangeError(`Expected a count of clips of 0 or more for count but received ${count}`);
  const [shortest, longest] = seconds;
  if (!(shortest >= 2 && longest >= shortest && longest <= 60))
    throw new RangeError(
      `Expected [shortest, longest] with 2 <= shortest <= longest <= 60 for seconds but received [${seconds}]`,
    );
  return Array.from({ length: count }, (_, k) => {
    const action = PROCEDURAL_ACTIONS[k % PROCEDURAL_ACTIONS.length];
    const random = new Random(seed, 'procedural', action, k);
    const { score, caption } = ACTIONS[action](random, random.uniform(shortest, longest));
    return score.finish(action, caption, `${action}_${String(k).padStart(4, '0')}`);
  });
}

import type { Random } from '../../../random/random.js';
import type { Score } from '../score.js';

/** A planned clip: all but its joints. */
export interface Clip {
  score: Score;
  caption: string;
}

/** Plans one clip of an action; what varies is drawn from `random`. */
export type Action = (random: Random, seconds: number) => Clip;

import type { Side } from './body.js';
import { chance, pick } from './captions.js';
import { DEGREE } from './curves.js';
import { accompany, layBout, type Placing, walkingCycle, walkingManner, walkingSwing } from './locomotion.js';
import type { Score } from './score.js';

/** What comes before and after an action that is done on the spot. */
export interface Surroundings {
  /** The action has the time from `start` to `end`, seconds. */
  start: number;
  end: number;
  /** Words for it: before the verb, after the sentence. */
  before: string;
  after: string;
  /** To be called when the action is laid, with the time it is over: lays the walk away, if there is one. */
  leave(over: number): void;
}

interface Options {
  /** Probability of walking up to the place, and of walking on after it. */
  into: number;
  onward: number;
  /** Least time of the action itself, seconds. */
  time: number;
  /** How the feet stand in between. Default: beside each other. */
  place?: (side: Side) => Placing;
  /** How much the arms swing along, 1 as in plain walking. */
  arms?: number;
}

/** Lets an action begin at the end of a walk, or end with one: a few steps each, straight or in a bend. */
export function surround(score: Score, { into, onward, time, place, arms = 1 }: Options): Surroundings {
  const { random, seconds } = score;
  const result: Surroundings = { start: 0, end: seconds, before: '', after: '', leave: () => {} };
  // A walk of less than a second would not be seen as one.
  const comes = chance(random, into) && seconds - time > 0.9;
  const goes = chance(random, onward) && seconds - time > (comes ? 1.9 : 1);
  const spare = seconds - time - (comes ? 0.9 : 0) - (goes ? 1 : 0);
  if (comes) {
    const end = 0.9 + spare * random.uniform(0.1, goes ? 0.4 : 0.8);
    const pace = few(score, -2.5, end, place, arms);
    turning(score, -0.4, end - 0.2);
    result.start = end;
    result.before = `${pick(random, ['walks up', 'comes walking', 'walks forward', 'approaches', 'steps up'])}${pace} and`;
  }
  if (goes) {
    result.end = seconds - 1 - spare * random.uniform(0.1, comes ? 0.4 : 0.8);
    result.leave = (over) => {
      const start = Math.max(result.end, over);
      if (start > seconds - 0.6) return;
      const pace = few(score, start, seconds + 2.5, undefined, arms);
      turning(score, start + 0.1, seconds + 0.3);
      result.after = `, then ${pick(random, ['walks on', 'walks away', 'moves on', 'goes on walking', 'walks off'])}${pace}`;
    };
  }
  return result;
}

function turning(score: Score, start: number, end: number): void {
  const { random, path } = score;
  if (chance(random, 0.4)) path.turn({ start, end, angle: random.uniform(-60, 60) * DEGREE, rise: 0.4 });
}

/** @returns the word for the pace, with a space before it. */
function few(
  score: Score,
  start: number,
  end: number,
  place: ((side: Side) => Placing) | undefined,
  arms: number,
): string {
  const { random, path, build } = score;
  const speed = random.uniform(0.8, 1.75);
  const { cycle, duty } = walkingCycle(speed);
  path.move({ start, end, rise: 0.75 * cycle, fall: 0.75 * cycle, forward: speed, left: 0 });
  const rhythm = layBout(score, {
    start,
    end,
    first: random.integer(2) as Side,
    stepTime: cycle / 2,
    duty,
    halfWidth: random.uniform(0.035, 0.065),
    toeOut: build.toeOut,
    swing: walkingSwing(speed),
    place: end < score.seconds ? (place ?? ((side) => standing(score, side))) : undefined,
  });
  const manner = walkingManner(random, speed);
  manner.armSwing *= arms;
  accompany(score, rhythm, manner);
  return speed < 0.9 ? ' slowly' : speed > 1.5 ? ' quickly' : '';
}

/** The stand of a score's person. */
export function standing(score: Score, side: Side): Placing {
  const { halfWidth, toeOut } = score.build;
  return { forward: 0, left: side === 0 ? halfWidth : -halfWidth, out: toeOut };
}

import type { Random } from '../../random/random.js';
import { chance, pick } from './captions.js';
import type { ArmPose, Control } from './controls.js';
import { type Curve, DEGREE, pulse } from './curves.js';
import type { Score } from './score.js';

const always: Curve = () => 1;

/** Both arms in poses that do not change, degrees. */
export function holdArms(score: Score, left: ArmPose, right: ArmPose, weight: Curve = always): void {
  score.controls.blendArm(0, () => left, weight);
  score.controls.blendArm(1, () => right, weight);
}

/** Arms that hang beside the body, a little different on both sides. */
export function hangingArms(random: Random, elbow = random.uniform(12, 32)): [ArmPose, ArmPose] {
  const flexion = random.uniform(-4, 8);
  const abduction = random.uniform(11, 18);
  const rotation = random.uniform(10, 35);
  const arm = (): ArmPose => ({
    flexion: flexion + random.uniform(-3, 3),
    abduction: abduction + random.uniform(-2, 2),
    rotation: rotation + random.uniform(-5, 5),
    elbow: Math.max(6, elbow + random.uniform(-4, 4)),
  });
  return [arm(), arm()];
}

/** Hands on the hips: elbows out and back, palms at the waist. */
export const HANDS_ON_HIPS: ArmPose = { flexion: -22, abduction: 46, rotation: 58, elbow: 96 };

/** Fists before the chin. */
export function guard(random: Random): ArmPose {
  return {
    flexion: random.uniform(30, 46),
    abduction: random.uniform(13, 22),
    rotation: random.uniform(28, 46),
    elbow: random.uniform(112, 128),
  };
}

/** A relaxed way of holding the arms in standing, with the words for it ('' for hanging arms). */
export function standingArms(random: Random): { arms: [ArmPose, ArmPose]; words: string } {
  if (chance(random, 0.2)) return { arms: [HANDS_ON_HIPS, HANDS_ON_HIPS], words: 'with hands on hips' };
  if (chance(random, 0.15)) {
    const hand = random.integer(2);
    const arms = hangingArms(random);
    arms[hand] = HANDS_ON_HIPS;
    return { arms, words: `with the ${hand === 0 ? 'left' : 'right'} hand on the hip` };
  }
  if (chance(random, 0.15)) {
    const arm = { flexion: 22, abduction: 12, rotation: 42, elbow: random.uniform(55, 75) };
    return { arms: [arm, arm], words: 'with hands held in front' };
  }
  return { arms: hangingArms(random), words: '' };
}

/** The constant lean and turn of a person's trunk and head. */
export function carriage(score: Score, lean = score.random.uniform(-1, 5)): void {
  const { controls, random } = score;
  const set = (name: Control, degrees: number) => {
    const value = degrees * DEGREE;
    controls.add(name, () => value);
  };
  set('pelvisPitch', random.uniform(-2, 4) + 0.4 * lean);
  set('chestPitch', lean);
  set('chestRoll', random.uniform(-1.5, 1.5));
  set('headPitch', random.uniform(-4, 8));
  set('headYaw', random.uniform(-5, 5));
}

/** Looks to a side and back now and then. */
export function lookAround(score: Score): void {
  const { controls, random, seconds } = score;
  for (let t = random.uniform(0, 2.5); t < seconds; t += random.uniform(1.8, 3.5)) {
    const angle = pick(random, [-1, 1]) * random.uniform(15, 50) * DEGREE;
    const turn = random.uniform(0.4, 0.8);
    const length = random.uniform(1.1, 2) + turn;
    const look: Curve = (now) => angle * pulse(now, t, t + length, turn);
    controls.add('headYaw', look);
    controls.add('chestYaw', (now) => 0.2 * look(now));
  }
}

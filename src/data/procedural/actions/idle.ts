import type { Random } from '../../../random/random.js';
import { surround } from '../approach.js';
import { chance, pick, sentence } from '../captions.js';
import { DEGREE, drift, minimumJerk, pulse } from '../curves.js';
import { shortSwing } from '../locomotion.js';
import { carriage, hangingArms, holdArms, lookAround, standingArms } from '../posture.js';
import { Score } from '../score.js';
import type { Clip } from './clip.js';

/** Moves the weight from leg to leg every few seconds, by up to `most` of it off the middle. @returns whether it moved far. */
export function shiftWeight(score: Score, most: number): boolean {
  const { random, seconds } = score;
  const shifts: [start: number, time: number, by: number][] = [];
  let load = random.uniform(-most, most);
  const first = load;
  for (let t = random.uniform(-1, 2); t < seconds; t += random.uniform(1.4, 3.2)) {
    const next = -Math.sign(load || 1) * random.uniform(0.4, 1) * most;
    shifts.push([t, random.uniform(0.7, 1.2), next - load]);
    load = next;
  }
  const sway = drift(random, 0.15, 1);
  score.leftLoad = (t) => {
    let share = 0.5 + first + 0.02 * sway(t);
    for (const [start, time, by] of shifts) share += by * minimumJerk((t - start) / time);
    return share;
  };
  // The hip on the loaded side rises.
  score.controls.add('pelvisRoll', (t) => (score.leftLoad(t) - 0.5) * 9 * DEGREE);
  score.controls.add('chestRoll', (t) => -(score.leftLoad(t) - 0.5) * 10 * DEGREE);
  return most > 0.2 && shifts.some(([start]) => start > -0.5);
}

/** Standing: sway, weight shifts, glances, now and then a small step or a hand to the head. */
export function idle(random: Random, seconds: number): Clip {
  const score = new Score(random, seconds);
  const { controls, build } = score;
  const { arms, words } = standingArms(random);
  holdArms(score, ...arms);
  carriage(score);
  const shifting = shiftWeight(score, random.uniform(0.05, 0.34));
  const looking = chance(random, 0.55);
  if (looking) lookAround(score);
  // Breathing: about 15 a minute.
  const breath = 2 * Math.PI * random.uniform(0.22, 0.32);
  controls.add('chestPitch', (t) => -0.5 * DEGREE * Math.sin(breath * t));

  const gesture = pick(random, ['none', 'none', 'scratch', 'step', 'step', 'stretch'] as const);
  const around = surround(score, { into: 0.3, onward: 0.3, time: 1.6, arms: words ? 0.3 : 1 });
  const room = Math.max(0.1, around.end - around.start - 2.2);
  const start = around.start + 0.2 + random.uniform(0, room);
  const over = start + { none: 0, scratch: 1.9, step: 1.35, stretch: 2.1 }[gesture];
  if (gesture === 'scratch') {
    const side = random.integer(2) as 0 | 1;
    const rate = 2 * Math.PI * random.uniform(2, 3);
    controls.blendArm(
      side,
      (t) => ({
        flexion: 58,
        abduction: 58,
        rotation: 12,
        elbow: 134 + 4 * Math.sin(rate * t) * pulse(t, start + 0.6, start + 1.7, 0.3),
      }),
      (t) => pulse(t, start, start + 2.2, 0.7),
    );
  } else if (gesture === 'stretch') {
    for (const side of [0, 1] as const)
      controls.blendArm(
        side,
        () => ({ flexion: 30, abduction: 140, rotation: -30, elbow: 30 }),
        (t) => pulse(t, start, start + 2.4, 0.9),
      );
    controls.add('chestPitch', (t) => -9 * DEGREE * pulse(t, start, start + 2.4, 0.9));
  } else if (gesture === 'step') {
    const first = random.integer(2) as 0 | 1;
    const shift = random.uniform(-0.12, 0.16);
    score.path.move({
      start,
      end: start + 1.3,
      rise: 0.6,
      fall: 0.6,
      forward: shift,
      left: random.uniform(-0.1, 0.1),
    });
    const turn = random.uniform(-25, 25) * DEGREE;
    score.path.turn({ start, end: start + 1.3, angle: turn, rise: 0.4 });
    for (const [i, side] of ([first, 1 - first] as const).entries())
      score.step({
        side: side as 0 | 1,
        liftOff: start + 0.15 + 0.65 * i,
        touchDown: start + 0.55 + 0.65 * i,
        at: start + 1.3,
        forward: random.uniform(-0.03, 0.03),
        left: (side === 0 ? 1 : -1) * (build.halfWidth + random.uniform(-0.01, 0.03)),
        out: build.toeOut,
        swing: shortSwing(random.uniform(0.03, 0.06)),
      });
  }
  if (gesture !== 'stretch' && chance(random, 0.2)) {
    const [left, right] = hangingArms(random);
    const change = random.uniform(0.3, seconds - 1.2);
    holdArms(score, left, right, (t) => minimumJerk((t - change) / 0.9));
  }
  around.leave(over);
  score.enliven(random.uniform(0.6, 1.4), random.uniform(0.1, 0.5));

  const slots = {
    arms: words,
    look: looking ? pick(random, ['and looks around', 'looking around', 'and glances to the side']) : '',
    shift: shifting ? pick(random, ['shifting the weight from leg to leg', 'swaying a little']) : '',
    gesture: {
      none: '',
      scratch: ', then scratches the head',
      step: ', then takes a small step',
      stretch: ', then stretches the arms',
    }[gesture],
  };
  const caption = sentence(
    random,
    [
      '{who} stands still {arms} {look} {shift} {gesture}',
      '{who} stands {arms} {shift} {look} {gesture}',
      '{who} is standing in place {arms} {look} {shift} {gesture}',
      '{who} waits {arms} {look} {shift} {gesture}',
      '{who} stays on the spot {arms} {shift} {look} {gesture}',
      '{who} stands idle {arms} {look} {shift} {gesture}',
    ],
    slots,
    around,
  );
  return { score, caption };
}

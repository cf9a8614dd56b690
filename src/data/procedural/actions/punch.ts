import type { Random } from '../../../random/random.js';
import { surround } from '../approach.js';
import type { Side } from '../body.js';
import { chance, pick, sentence, sideWord } from '../captions.js';
import type { ArmPose } from '../controls.js';
import { DEGREE, pulse } from '../curves.js';
import { type Placing, shortSwing } from '../locomotion.js';
import { carriage, guard, holdArms } from '../posture.js';
import { Score } from '../score.js';
import type { Clip } from './clip.js';
import { shiftWeight } from './idle.js';

const KINDS = ['straight', 'straight', 'hook', 'uppercut'] as const;
type Kind = (typeof KINDS)[number];

/** The arm at the end of a punch, degrees. */
function fist(random: Random, kind: Kind): ArmPose {
  const r = (low: number, high: number) => random.uniform(low, high);
  switch (kind) {
    case 'straight':
      return { flexion: r(78, 96), abduction: r(0, 8), rotation: r(20, 50), elbow: r(6, 16) };
    case 'hook':
      return { flexion: r(72, 85), abduction: r(28, 40), rotation: r(78, 95), elbow: r(75, 92) };
    case 'uppercut':
      return { flexion: r(70, 92), abduction: r(2, 10), rotation: r(2, 14), elbow: r(82, 100) };
  }
}

/** Punches with one or both fists from a staggered stance; straight, hooked or upward; with steps now and then. */
export function punch(random: Random, seconds: number): Clip {
  const score = new Score(random, seconds);
  const { controls, build } = score;
  const front = random.integer(2) as Side;
  const stagger = random.uniform(0.08, 0.2);
  const half = random.uniform(0.1, 0.16);
  const hold = (side: Side) => ({
    forward: side === front ? stagger : -stagger,
    left: side === 0 ? half : -half,
    out: (side === front ? 5 : 30) * DEGREE,
  });
  score.stand[0] = { at: -1, ...hold(0) };
  score.stand[1] = { at: -1, ...hold(1) };
  build.knee += random.uniform(6, 16) * DEGREE;
  holdArms(score, guard(random), guard(random));
  carriage(score, random.uniform(3, 9));
  controls.add('height', () => -0.015);
  const turn = (front === 0 ? -1 : 1) * random.uniform(8, 22) * DEGREE;
  controls.add('pelvisYaw', () => turn);
  controls.add('headYaw', () => -0.2 * turn);
  shiftWeight(score, random.uniform(0.06, 0.16));
  // Boxers bounce a little on their feet.
  const rate = 2 * Math.PI * random.uniform(1.3, 2.1);
  const bounce = random.uniform(0.003, 0.016);
  controls.add('height', (t) => bounce * Math.sin(rate * t));

  const around = surround(score, { into: 0.75, onward: 0.65, time: 1.6, place: hold, arms: 0.35 });

  const plan = pick(random, ['one', 'both', 'both', 'combination'] as const);
  const fixed = pick(random, KINDS);
  let side = random.integer(2) as Side;
  const firstSide = side;
  let sides = 0;
  let count = 0;
  const kinds = new Set<Kind>();
  const power = random.uniform(0.6, 1.15);
  for (let t = around.start + random.uniform(0.1, 0.5); count === 0 || t < around.end - 0.4; count++) {
    const kind = plan === 'combination' ? pick(random, KINDS) : fixed;
    const out = random.uniform(0.22, 0.34) / (0.6 + 0.4 * power);
    const stay = random.uniform(0.02, 0.08);
    const back = random.uniform(0.3, 0.5);
    strike(score, random, { side, kind, start: t, out, stay, back, power });
    kinds.add(kind);
    sides |= 1 << side;
    t += out + stay + (chance(random, 0.5) ? back * 0.6 : back + random.uniform(0.05, 0.4));
    if (plan !== 'one') side = (1 - side) as Side;
    else t += 0.25;
  }

  const { ways, over } = footwork(score, around.start + random.uniform(0.2, 0.6), around.end, front, hold);
  around.leave(over);
  score.enliven(random.uniform(0.8, 1.4));

  const only = kinds.size === 1 ? [...kinds][0] : undefined;
  const slots = {
    fist:
      sides === 3
        ? pick(random, ['both fists in turn', 'left and right'])
        : `the ${sideWord(firstSide)} fist`,
    what: {
      straight: 'straight ahead',
      hook: 'with hooks',
      uppercut: 'with uppercuts',
      mixed: 'in a combination',
    }[only ?? 'mixed'],
    times:
      count === 1 ? 'once' : count > 3 ? pick(random, ['several times', 'again and again']) : 'a few times',
    hard: power > 1 ? 'hard' : power < 0.75 ? 'lightly' : '',
    step: ways.length === 0 ? '' : `and steps ${[...new Set(ways)].join(' and ')}`,
  };
  const caption = sentence(
    random,
    [
      '{who} punches {what} {hard} with {fist} {times} {step}',
      '{who} boxes {what} {hard} with {fist} {step}',
      '{who} throws punches {what} with {fist} {times} {hard} {step}',
      '{who} stands in a boxing stance and punches {hard} {what} with {fist} {step}',
      '{who} hits {hard} {what} with {fist} {times} {step}',
      '{who} practises boxing: punches {what} with {fist} {step}',
    ],
    slots,
    around,
  );
  return { score, caption };
}

/** Short steps forward and back, the foot on that side first. @returns the ways taken and when the last one is over. */
function footwork(
  score: Score,
  start: number,
  end: number,
  front: Side,
  hold: (side: Side) => Placing,
): { ways: ('forward' | 'back')[]; over: number } {
  const { random, path } = score;
  const ways: ('forward' | 'back')[] = [];
  let over = start;
  if (chance(random, 0.2)) return { ways, over };
  const pace = random.uniform(0.3, 0.44);
  for (let t = start; t + 2.4 * pace < end; ) {
    const forward = ways.length % 2 === 0 ? chance(random, 0.75) : chance(random, 0.4);
    const length = random.uniform(0.14, 0.34);
    const lead = (forward ? front : 1 - front) as Side;
    const time = 2.2 * pace;
    path.move({
      start: t,
      end: t + time,
      rise: 0.45 * time,
      fall: 0.45 * time,
      forward: (forward ? length : -length) / (0.55 * time),
      left: 0,
    });
    for (const [i, side] of [lead, (1 - lead) as Side].entries())
      score.step({
        side,
        liftOff: t + 0.05 + pace * i,
        touchDown: t + 0.05 + pace * (i + 0.8),
        at: t + time,
        ...hold(side),
        swing: { ...shortSwing(0.045), heelRise: 0.14, landingTime: 0.06 },
      });
    ways.push(forward ? 'forward' : 'back');
    over = t + time;
    t = over + random.uniform(0.1, 0.7);
  }
  return { ways, over };
}

function strike(
  score: Score,
  random: Random,
  one: { side: Side; kind: Kind; start: number; out: number; stay: number; back: number; power: number },
): void {
  const { controls } = score;
  const { side, kind, start, out, stay, back, power } = one;
  const pose = fist(random, kind);
  const end = start + out + stay + back;
  const weight = (t: number) => pulse(t, start, end, out, back);
  controls.blendArm(side, () => pose, weight);
  // Chest and pelvis turn the shoulder forward.
  const sign = side === 0 ? -1 : 1;
  const yaw = sign * random.uniform(20, 34) * power * DEGREE;
  const early = (t: number) => pulse(t, start - 0.05, end, out, back);
  controls.add('chestYaw', (t) => yaw * early(t));
  controls.add('pelvisYaw', (t) => 0.35 * yaw * early(t));
  controls.add('chestPitch', (t) => (kind === 'uppercut' ? -4 : 4) * power * DEGREE * weight(t));
  if (kind === 'uppercut')
    controls.add('height', (t) => -0.03 * power * pulse(t, start - 0.25, start + out, 0.25, out));
}

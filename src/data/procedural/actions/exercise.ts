import type { Random } from '../../../random/random.js';
import { chance, pick, sentence } from '../captions.js';
import { DEGREE, minimumJerk, mix, stops } from '../curves.js';
import { type Leap, layLeap, planLeap } from '../leap.js';
import { carriage, hangingArms, holdArms } from '../posture.js';
import { Score } from '../score.js';
import type { Clip } from './clip.js';

/** Gymnastics that go on for the whole clip: jumping jacks, arm circles, side bends, torso twists. */
export function exercise(random: Random, seconds: number): Clip {
  return pick(random, [jacks, jacks, jacks, jacks, circles, bends, twists])(random, seconds);
}

/** Jumping jacks: feet apart with arms up, feet together with arms down, at 45 to 65 a minute. */
function jacks(random: Random, seconds: number): Clip {
  const score = new Score(random, seconds);
  const { controls, build } = score;
  holdArms(score, ...hangingArms(random));
  carriage(score, random.uniform(0, 3));
  const narrow = random.uniform(0.06, 0.09);
  const wide = random.uniform(0.2, 0.34);
  const height = random.uniform(0.04, 0.09);
  const give = random.uniform(0.07, 0.12);
  const top = random.uniform(95, 158);
  build.halfWidth = narrow;
  score.stand[0].left = narrow;
  score.stand[1].left = -narrow;
  const leaps: Leap[] = [];
  for (let t = random.uniform(0.05, 0.4); t < seconds + 0.5; t = leaps[leaps.length - 1].bottom)
    leaps.push(planLeap(t, { height, depth: give, give, crouch: leaps.length === 0 ? 0.3 : 0, up: 0 }));
  leaps[leaps.length - 1].up += 0.4;
  const keys: [number, number][] = [[leaps[0].push, 0]];
  leaps.forEach((leap, i) => {
    const open = i % 2 === 0;
    layLeap(score, leap, {
      far: 0,
      turn: 0,
      tuck: 0.01,
      halfWidth: open ? wide : narrow,
      toeOut: build.toeOut + (open ? 10 * DEGREE : 0),
      fold: 0.4,
    });
    keys.push([mix(leap.land, leap.bottom, 0.6), open ? 1 : 0]);
  });
  score.followPath = () => 1;
  const raise = stops(keys);
  for (const side of [0, 1] as const)
    controls.blendArm(
      side,
      () => ({ flexion: 6, abduction: top, rotation: -30, elbow: 22 }),
      (t) => raise(t),
    );
  score.enliven(random.uniform(0.8, 1.3));
  const slots = {
    arms: top > 130 ? 'clapping over the head' : 'raising the arms to the sides',
    wide: wide > 0.28 ? 'wide' : '',
  };
  const caption = sentence(
    random,
    [
      '{who} does jumping jacks',
      '{who} does jumping jacks, {arms}',
      '{who} jumps up and down with {wide} spread legs, {arms}',
      '{who} performs star jumps',
      '{who} exercises: jumping jacks, {arms}',
    ],
    slots,
  );
  return { score, caption };
}

interface Drill {
  score: Score;
  /** Turns of the movement a second, and the phase in radians at time t. */
  rate: number;
  phase: (t: number) => number;
}

function drill(random: Random, seconds: number, low: number, high: number): Drill {
  const score = new Score(random, seconds);
  const half = random.uniform(0.1, 0.2);
  score.stand[0].left = half;
  score.stand[1].left = -half;
  score.build.knee += random.uniform(0, 8) * DEGREE;
  carriage(score, random.uniform(-1, 3));
  const rate = random.uniform(low, high);
  const start = random.uniform(0, 1);
  return { score, rate, phase: (t) => 2 * Math.PI * (rate * t + start) };
}

function circles(random: Random, seconds: number): Clip {
  const { score, rate, phase } = drill(random, seconds, 0.7, 1.3);
  const { controls } = score;
  const backward = chance(random, 0.5);
  const opposite = chance(random, 0.3);
  const size = random.uniform(35, 75);
  for (const side of [0, 1] as const) {
    const turn = (t: number) => (backward ? -1 : 1) * phase(t) + (opposite && side === 1 ? Math.PI : 0);
    controls.blendArm(
      side,
      (t) => ({
        flexion: 40 + size * Math.sin(turn(t)),
        abduction: 55 + 0.5 * size * Math.cos(turn(t)),
        rotation: 0,
        elbow: 14,
      }),
      () => 1,
    );
  }
  controls.add('chestPitch', (t) => 2.5 * DEGREE * Math.sin(phase(t)));
  controls.add('chestYaw', (t) => (opposite ? 8 : 1) * DEGREE * Math.sin(phase(t)));
  controls.add('height', (t) => -0.012 + 0.012 * Math.sin(phase(t) + 1));
  score.enliven(random.uniform(0.8, 1.4));
  const caption = sentence(
    random,
    [
      '{who} swings both arms in circles {way} {pace}',
      '{who} circles the arms {way} {pace}',
      '{who} warms up with arm circles {way}',
      '{who} rotates the arms {pace} {way}',
      '{who} stands and moves the arms in {size} circles {way}',
    ],
    {
      way: opposite ? 'in turn' : backward ? 'backward' : 'forward',
      pace: rate > 1.1 ? 'quickly' : rate < 0.85 ? 'slowly' : '',
      size: size > 55 ? 'big' : 'small',
    },
  );
  return { score, caption };
}

function bends(random: Random, seconds: number): Clip {
  const { score, rate, phase } = drill(random, seconds, 0.3, 0.55);
  const { controls } = score;
  const size = random.uniform(18, 32);
  const raised = chance(random, 0.6);
  const arms = hangingArms(random);
  holdArms(score, ...arms);
  const lean = (t: number) => Math.sin(phase(t));
  controls.add('chestRoll', (t) => size * DEGREE * lean(t));
  controls.add('pelvisRoll', (t) => 0.2 * size * DEGREE * lean(t));
  for (const side of [0, 1] as const) {
    const sign = side === 0 ? 1 : -1;
    // The hand of the lower side glides along the thigh, not into it.
    const name = side === 0 ? 'leftAbduction' : 'rightAbduction';
    controls.add(name, (t) => 0.6 * size * DEGREE * Math.max(0, -sign * lean(t)) ** 2);
    const up = (t: number) => (raised ? minimumJerk(0.5 + 0.5 * sign * lean(t)) : 0);
    controls.blendArm(side, () => ({ flexion: 5, abduction: 150, rotation: 0, elbow: 25 }), up);
  }
  controls.add('height', (t) => -0.01 - 0.006 * Math.cos(2 * phase(t)));
  score.enliven(random.uniform(0.8, 1.4));
  const caption = sentence(
    random,
    [
      '{who} bends to the left and to the right {pace} {arms}',
      '{who} does side bends {pace} {arms}',
      '{who} leans from side to side {deep} {arms}',
      '{who} stretches the sides of the body {pace} {arms}',
      '{who} exercises by bending sideways {deep} {arms}',
    ],
    {
      arms: raised ? 'with one arm over the head' : '',
      pace: rate > 0.47 ? 'quickly' : rate < 0.36 ? 'slowly' : '',
      deep: size > 27 ? 'far' : '',
    },
  );
  return { score, caption };
}

function twists(random: Random, seconds: number): Clip {
  const { score, rate, phase } = drill(random, seconds, 0.5, 0.95);
  const { controls } = score;
  const size = random.uniform(25, 48);
  const out = chance(random, 0.6);
  const pose = out
    ? { flexion: 20, abduction: random.uniform(60, 85), rotation: 10, elbow: random.uniform(15, 60) }
    : { flexion: 42, abduction: 28, rotation: 55, elbow: 108 };
  holdArms(score, pose, pose);
  controls.add('chestYaw', (t) => size * DEGREE * Math.sin(phase(t)));
  controls.add('pelvisYaw', (t) => 0.35 * size * DEGREE * Math.sin(phase(t) - 0.3));
  // The arms lag behind the trunk.
  controls.add('leftFlexion', (t) => 14 * DEGREE * Math.sin(phase(t) - 0.9));
  controls.add('rightFlexion', (t) => -14 * DEGREE * Math.sin(phase(t) - 0.9));
  controls.add('height', (t) => -0.02 - 0.008 * Math.cos(2 * phase(t)));
  score.enliven(random.uniform(0.8, 1.4));
  const caption = sentence(
    random,
    [
      '{who} twists the upper body left and right {pace} {arms}',
      '{who} turns the trunk from side to side {pace} {arms}',
      '{who} does torso twists {arms} {pace}',
      '{who} rotates at the waist {pace} {arms}',
      '{who} exercises by twisting the waist {far} {arms}',
    ],
    {
      arms: out ? 'with arms held out' : 'with hands before the chest',
      pace: rate > 0.72 ? 'quickly' : rate < 0.55 ? 'slowly' : '',
      far: size > 40 ? 'far' : '',
    },
  );
  return { score, caption };
}

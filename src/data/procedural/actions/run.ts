import type { Random } from '../../../random/random.js';
import type { Side } from '../body.js';
import { chance, pick, sentence } from '../captions.js';
import { DEGREE, mix } from '../curves.js';
import type { Swing } from '../feet.js';
import { accompany, LEG, layBout } from '../locomotion.js';
import { carriage, holdArms, lookAround } from '../posture.js';
import { GRAVITY, Score } from '../score.js';
import type { Clip } from './clip.js';

/** Height of the centre of mass in running, metres. */
const CENTRE_OF_MASS = 0.93;

/**
 * Running at 1.8 to 3.6 m/s. Stride = 0.905 H (v / H)^0.869 for leg length H (fitted to 10 strides of the CMU database),
 * the feet on the floor for 27 to 38 % of it. Between, the body falls freely: a flight of the time f leaves and lands at
 * g f / 2, and in a stance of the time s the mass sinks and rises as on a spring, at most g f s / (2 pi).
 */
export function run(random: Random, seconds: number): Clip {
  const score = new Score(random, seconds);
  const speed = random.uniform(1.8, 3.6);
  const stride = 0.905 * LEG * (speed / LEG) ** 0.869 * random.uniform(0.93, 1.05);
  const stepTime = stride / speed / 2;
  const duty = 0.4 - 0.1 * ((speed - 1.8) / 1.8) + random.uniform(-0.02, 0.02);
  const start = -2.5;
  const count = Math.ceil((seconds + 5) / stepTime);
  const end = start + count * stepTime;
  const first = random.integer(2) as Side;

  const bend = random.uniform(70, 98);
  const abduction = random.uniform(14, 22);
  const arm = { flexion: random.uniform(-12, 2), abduction, rotation: random.uniform(12, 25), elbow: bend };
  holdArms(score, arm, arm);
  carriage(score, random.uniform(3, 9) + 1.2 * speed);
  score.followPath = () => 1;
  score.path.move({ start: start - 1, end: end + 1, rise: 0.5, fall: 0.5, forward: speed, left: 0 });
  const swing: Swing = {
    clearance: random.uniform(0.2, 0.28) + 0.05 * (speed - 1.8),
    up: 1.3,
    down: 1.35,
    rise: 0.3,
    fall: 0.2,
    toeOff: 55 * DEGREE,
    follow: random.uniform(15, 35) * DEGREE,
    heelRise: 0.6 * 2 * stepTime * duty,
    landing: random.uniform(3, 8) * DEGREE,
    landingTime: 0.25 * 2 * stepTime * duty,
  };
  let outside = 0;
  let way = pick(random, ['', 'forward', 'straight ahead']);
  if (chance(random, 0.55)) {
    const side = pick(random, [-1, 1]);
    const round = chance(random, 0.4);
    const rate = side * random.uniform(round ? 0.5 : 0.15, round ? 0.8 : 0.35);
    score.path.turn({ start: -2.5, end: seconds + 2.5, angle: rate * (seconds + 5), rise: 0.1 });
    // Lean into the turn, tan(lean) = v w / g: the mass keeps to the path and the feet run outside of it.
    outside = (CENTRE_OF_MASS * speed * rate) / GRAVITY;
    score.controls.add('pelvisRoll', () => -0.7 * Math.atan((speed * rate) / GRAVITY));
    way = `in a ${round ? 'circle' : 'wide curve'} to the ${side > 0 ? 'left' : 'right'}`;
  }
  const halfWidth = random.uniform(0.03, 0.05);
  const rhythm = layBout(score, {
    start,
    end,
    first,
    stepTime,
    duty,
    under: 0.41,
    shift: -outside,
    halfWidth,
    toeOut: score.build.toeOut * 0.5,
    swing,
  });
  accompany(score, rhythm, {
    armSwing: random.uniform(22, 38),
    twist: random.uniform(5, 9),
    list: random.uniform(2, 4),
    bob: 0,
    sink: 0,
  });
  bounce(score, { start, first, stepTime, duty, depth: random.uniform(0.075, 0.105), speed, halfWidth });

  if (chance(random, 0.2)) lookAround(score);
  score.enliven(random.uniform(0.7, 1.3));
  const slots = {
    way,
    verb:
      speed < 2.4
        ? pick(random, ['jogs', 'runs slowly', 'jogs lightly'])
        : speed > 3.1
          ? 'runs fast'
          : 'runs',
  };
  const caption = sentence(
    random,
    [
      '{who} {verb} {way}',
      '{who} {verb} {way} with bent arms',
      '{who} is on the move and {verb} {way}',
      '{who} {verb} {way}, arms swinging',
      '{who} {verb} {way} at an even pace',
    ],
    slots,
  );
  return { score, caption };
}

interface Cycle {
  start: number;
  first: Side;
  stepTime: number;
  duty: number;
  /** Lowering of the pelvis at touch-down, metres. */
  depth: number;
  speed: number;
  halfWidth: number;
}

/**
 * Height of the pelvis over a running cycle, the flights, and the braking and pushing of each stance. A step begins with the
 * lift-off of one foot, flies, and stands on the other one.
 */
function bounce(score: Score, cycle: Cycle): void {
  const { start, stepTime, duty, depth } = cycle;
  const stance = 2 * stepTime * duty;
  const flight = stepTime - stance;
  const leave = (GRAVITY * flight) / 2;
  score.controls.add('height', (t) => {
    const since = t - start - Math.floor((t - start) / stepTime) * stepTime;
    if (since < flight) return -depth + leave * since - (GRAVITY / 2) * since ** 2;
    return -depth - ((leave * stance) / Math.PI) * Math.sin((Math.PI * (since - flight)) / stance);
  });
  for (let t = start; t < score.seconds + 1; t += stepTime) score.flight(t, t + flight);
  score.offPath = pushes(cycle, stance, flight, leave);
}

/** Share of the way from the foot to the mass that the force leans by: the pressure moves along under the foot. */
const LEAN_OF_FORCE = 0.7;

/**
 * The force of the floor points from the foot to the centre of mass: for the upward acceleration g + y'' at a height h, and
 * the mass x ahead of the foot, the forward one is (g + y'') x / h. It brakes first and pushes then, and likewise moves the
 * mass from side to side. @returns the way this makes about the even path, forward and to the left, by time.
 */
function pushes(
  { start, first, stepTime, speed, halfWidth }: Cycle,
  stance: number,
  flight: number,
  leave: number,
): (t: number) => [number, number] {
  const count = 240;
  const step = (2 * stepTime) / count;
  const ways = [0, 1].map((axis) => {
    const acceleration = Float64Array.from({ length: count }, (_, i) => {
      const t = i * step;
      const since = (t % stepTime) - flight;
      if (since < 0) return 0;
      const standing = (first + (t < stepTime ? 1 : 0)) % 2;
      const up = GRAVITY + ((leave * Math.PI) / stance) * Math.sin((Math.PI * since) / stance);
      const ahead =
        axis === 0 ? LEAN_OF_FORCE * speed * (since - stance / 2) : standing === 0 ? -halfWidth : halfWidth;
      return (up * ahead) / CENTRE_OF_MASS;
    });
    return periodicIntegral(periodicIntegral(acceleration, step), step);
  });
  return (t) => {
    const position = (((t - start) / (2 * stepTime)) % 1) * count;
    const at = position < 0 ? position + count : position;
    const i = Math.floor(at) % count;
    return [0, 1].map((axis) => mix(ways[axis][i], ways[axis][(i + 1) % count], at - Math.floor(at))) as [
      number,
      number,
    ];
  };
}

/** Running sum of the values without their mean, moved to a mean of 0. */
function periodicIntegral(values: Float64Array, step: number): Float64Array {
  const mean = (array: Float64Array) => array.reduce((a, b) => a + b, 0) / array.length;
  const even = mean(values);
  let sum = 0;
  const integral = values.map((value) => {
    sum += (value - even) * step;
    return sum;
  });
  const middle = mean(integral);
  return integral.map((value) => value - middle);
}

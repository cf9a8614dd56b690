import type { Random } from '../../../random/random.js';
import type { Side } from '../body.js';
import { chance, pick, sentence } from '../captions.js';
import { DEGREE } from '../curves.js';
import type { Swing } from '../feet.js';
import { accompany, LEG, layBout } from '../locomotion.js';
import { carriage, holdArms, lookAround } from '../posture.js';
import { GRAVITY, Score } from '../score.js';
import type { Clip } from './clip.js';

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

  const bend = random.uniform(70, 105);
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
  const rhythm = layBout(score, {
    start,
    end,
    first,
    stepTime,
    duty,
    under: 0.41,
    halfWidth: random.uniform(0.035, 0.07),
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
  bounce(score, { start, stepTime, duty, depth: random.uniform(0.075, 0.105) });

  let way = pick(random, ['', 'forward', 'straight ahead']);
  if (chance(random, 0.55)) {
    const side = pick(random, [-1, 1]);
    const round = chance(random, 0.4);
    const rate = side * random.uniform(round ? 0.5 : 0.15, round ? 0.8 : 0.35);
    score.path.turn({ start: -2.5, end: seconds + 2.5, angle: rate * (seconds + 5), rise: 0.1 });
    // Lean into the turn: tan(lean) = v w / g.
    const lean = Math.atan((speed * rate) / GRAVITY);
    score.controls.add('pelvisRoll', () => -0.6 * lean);
    way = `in a ${round ? 'circle' : 'wide curve'} to the ${side > 0 ? 'left' : 'right'}`;
  }
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

/** Height of the pelvis over a running cycle, and the flights. `depth`: lowering at touch-down, metres. */
function bounce(
  score: Score,
  { start, stepTime, duty, depth }: { start: number; stepTime: number; duty: number; depth: number },
): void {
  const stance = 2 * stepTime * duty;
  const flight = stepTime - stance;
  const leave = (GRAVITY * flight) / 2;
  score.controls.add('height', (t) => {
    // A step begins with the lift-off of one foot, flies, and stands on the other one.
    const since = t - start - Math.floor((t - start) / stepTime) * stepTime;
    if (since < flight) return -depth + leave * since - (GRAVITY / 2) * since ** 2;
    return -depth - ((leave * stance) / Math.PI) * Math.sin((Math.PI * (since - flight)) / stance);
  });
  for (let t = start; t < score.seconds + 1; t += stepTime) score.flight(t, t + flight);
}

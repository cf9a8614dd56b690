import type { Random } from '../../../random/random.js';
import { standing } from '../approach.js';
import { chance, paceWord, pick, sentence } from '../captions.js';
import { DEGREE } from '../curves.js';
import { accompany, layBout, walkingCycle, walkingManner, walkingSwing } from '../locomotion.js';
import { carriage, HANDS_ON_HIPS, hangingArms, holdArms, lookAround } from '../posture.js';
import { Score } from '../score.js';
import type { Clip } from './clip.js';

/** Ways of walking that need other legs or arms than the plain one. */
type Gait = 'plain' | 'backward' | 'sneak' | 'stride';

/** Walking at 0.45 to 1.9 m/s: straight or in curves, from or to a stand, with a pause, backward, sneaking. */
export function walk(random: Random, seconds: number): Clip {
  const score = new Score(random, seconds);
  const gait: Gait = pick(random, [
    'plain',
    'plain',
    'plain',
    'plain',
    'plain',
    'backward',
    'sneak',
    'stride',
  ]);
  let speed = random.uniform(0.6, 1.9);
  if (gait === 'backward') speed = random.uniform(0.4, 0.9);
  if (gait === 'sneak') speed = random.uniform(0.45, 0.8);
  if (gait === 'stride') speed = random.uniform(1.2, 1.7);
  const course = pick(random, ['through', 'through', 'through', 'start', 'stop', 'pause'] as const);
  const { cycle, duty } = walkingCycle(speed);
  // People differ in step length at one speed by about a tenth.
  const stepTime = (cycle / 2) * random.uniform(0.92, 1.08) * (gait === 'stride' ? 1.15 : 1);

  const spans: [number, number][] = [];
  const rest = random.uniform(0.3, 0.9);
  if (course === 'through') spans.push([-2.5, seconds + 2.5]);
  else if (course === 'start') spans.push([rest, seconds + 2.5]);
  else if (course === 'stop') spans.push([-2.5, seconds - rest]);
  else {
    const halt = seconds * random.uniform(0.4, 0.55);
    spans.push([-2.5, halt], [halt + rest, seconds + 2.5]);
  }

  const arms = hangingArms(random);
  const hips = gait === 'plain' && chance(random, 0.08);
  holdArms(score, hips ? HANDS_ON_HIPS : arms[0], hips ? HANDS_ON_HIPS : arms[1]);
  carriage(score, gait === 'sneak' ? random.uniform(10, 18) : random.uniform(-2, 3) + 0.8 * speed);
  const manner = walkingManner(random, speed);
  if (hips) manner.armSwing *= 0.2;
  if (gait === 'stride') manner.armSwing *= 1.7;
  if (gait === 'backward') {
    manner.armSwing *= -0.6;
    manner.twist *= -0.6;
  }
  if (gait === 'sneak') {
    score.controls.add('height', () => -0.08);
    score.controls.blendArm(
      0,
      () => ({ flexion: 30, abduction: 24, rotation: 30, elbow: 80 }),
      () => 0.8,
    );
    score.controls.blendArm(
      1,
      () => ({ flexion: 30, abduction: 24, rotation: 30, elbow: 80 }),
      () => 0.8,
    );
  }

  const way = bend(score, speed, random);
  // The narrow track of a straight walk would make the legs touch in a tight bend.
  const winding = way.includes('circle') || way.includes('zigzag') || gait === 'backward';
  const halfWidth = random.uniform(0.044, 0.066) + (winding ? 0.025 : 0);
  for (const [start, end] of spans) {
    score.path.move({
      start,
      end,
      rise: 1.6 * stepTime,
      fall: 1.6 * stepTime,
      forward: gait === 'backward' ? -speed : speed,
      left: 0,
    });
    const swing = walkingSwing(speed);
    if (gait === 'backward')
      Object.assign(swing, {
        toeOff: 12 * DEGREE,
        landing: 24 * DEGREE,
        landingTime: 0.14,
        follow: 4 * DEGREE,
        down: 1.2,
        fall: 0.3,
      });
    if (gait === 'sneak')
      Object.assign(swing, {
        clearance: random.uniform(0.14, 0.22),
        landing: 10 * DEGREE,
        toeOff: 30 * DEGREE,
      });
    const rhythm = layBout(score, {
      start,
      end,
      first: random.integer(2) as 0 | 1,
      stepTime,
      duty,
      halfWidth,
      place: (side) => standing(score, side),
      toeOut: score.build.toeOut * 0.7,
      swing,
    });
    accompany(score, rhythm, manner);
  }

  if (chance(random, 0.35)) lookAround(score);
  score.enliven(random.uniform(0.8, 1.5));
  return { score, caption: describe(random, { gait, speed, course, way, hips }) };
}

/** Turns the course: straight, a curve, a circle or a slalom. @returns the words for it. */
function bend(score: Score, speed: number, random: Random): string {
  const { path, seconds } = score;
  const side = pick(random, [-1, 1]);
  const word = side > 0 ? 'left' : 'right';
  const kind = pick(random, [
    'straight',
    'straight',
    'straight',
    'curve',
    'curve',
    'circle',
    'slalom',
    'corner',
  ]);
  if (kind === 'curve') {
    const angle = side * random.uniform(30, 100) * DEGREE;
    path.turn({ start: 0.1 * seconds, end: 0.9 * seconds, angle, rise: 0.3 });
    return `in a curve to the ${word}`;
  }
  if (kind === 'corner') {
    const middle = seconds * random.uniform(0.45, 0.8);
    path.turn({
      start: middle - 0.6,
      end: middle + 0.6,
      angle: side * random.uniform(60, 100) * DEGREE,
      rise: 0.4,
    });
    return `and turns ${word}`;
  }
  if (kind === 'circle') {
    const rate = side * Math.min(0.9, (0.45 * speed) / 0.6);
    path.turn({ start: -2.5, end: seconds + 2.5, angle: rate * (seconds + 5), rise: 0.05 });
    return pick(random, [
      `in a circle to the ${word}`,
      side > 0 ? 'counterclockwise in a circle' : 'clockwise in a circle',
    ]);
  }
  if (kind === 'slalom') {
    const half = random.uniform(1.3, 1.8);
    const angle = random.uniform(20, 40) * DEGREE;
    let sign = side;
    path.turn({ start: -half / 2, end: half / 2, angle: sign * angle, rise: 0.4 });
    for (let t = half / 2; t < seconds; t += half) {
      sign = -sign;
      path.turn({ start: t, end: t + half, angle: 2 * sign * angle, rise: 0.4 });
    }
    return 'in a zigzag';
  }
  return pick(random, ['', 'straight ahead', 'forward']);
}

function describe(
  random: Random,
  clip: {
    gait: Gait;
    speed: number;
    course: 'through' | 'start' | 'stop' | 'pause';
    way: string;
    hips: boolean;
  },
): string {
  const slots = {
    pace: clip.gait === 'plain' || clip.gait === 'stride' ? paceWord(clip.speed) : '',
    way: clip.gait === 'backward' ? clip.way.replace('straight ahead', '').replace('forward', '') : clip.way,
    arms: clip.hips ? 'with hands on hips' : '',
    verb: { plain: 'walks', backward: 'walks backward', sneak: 'sneaks', stride: 'walks with long strides' }[
      clip.gait
    ],
  };
  const templates = {
    through: [
      '{who} {verb} {pace} {way} {arms}',
      '{who} {pace} {verb} {way} {arms}',
      '{who} keeps walking: {verb} {way} {pace} {arms}',
      '{who} {verb} {way} {arms} {pace}',
      '{who} {verb} across the room {way} {pace} {arms}',
    ],
    start: [
      '{who} stands, then {verb} {way} {pace} {arms}',
      '{who} starts from a stand and {verb} {pace} {way} {arms}',
      'from standing, {who} {pace} {verb} {way} {arms}',
      '{who} waits a moment and {verb} {way} {pace} {arms}',
      '{who} begins to move and {verb} {pace} {way} {arms}',
    ],
    stop: [
      '{who} {verb} {pace} {way} {arms}, then stops',
      '{who} {pace} {verb} {way} {arms} and comes to a halt',
      '{who} {verb} {way} {pace} {arms} and stands still',
      '{who} {verb} {way} {arms} {pace} before stopping',
      '{who} {verb} {pace} {way} {arms}, slows down and stops',
    ],
    pause: [
      '{who} {verb} {pace} {way} {arms}, pauses, and goes on',
      '{who} {verb} {way} {pace} {arms}, stops for a moment and continues',
      '{who} {pace} {verb} {way} {arms} with a short stop on the way',
      '{who} {verb} {way} {arms}, halts, then moves on {pace}',
      '{who} {verb} {pace} {way} {arms} and takes a break in between',
    ],
  }[clip.course];
  return sentence(random, templates, slots);
}

import type { Random } from '../../../random/random.js';
import type { Side } from '../body.js';
import { chance, pick, sentence } from '../captions.js';
import type { ArmPose } from '../controls.js';
import { DEGREE, stops } from '../curves.js';
import { layBout, shortSwing } from '../locomotion.js';
import { carriage } from '../posture.js';
import { Score } from '../score.js';
import type { Clip } from './clip.js';

const STEPS = ['side', 'box', 'spot', 'forward'] as const;

/** Arm poses that dancers pass through, degrees; each side draws its own order or mirrors the other. */
const POSES: readonly ArmPose[] = [
  { flexion: 15, abduction: 22, rotation: 20, elbow: 60 },
  { flexion: 45, abduction: 28, rotation: 30, elbow: 85 },
  { flexion: 15, abduction: 80, rotation: 0, elbow: 25 },
  { flexion: 30, abduction: 95, rotation: -75, elbow: 75 },
  { flexion: 25, abduction: 135, rotation: -40, elbow: 35 },
  { flexion: 85, abduction: 12, rotation: 15, elbow: 25 },
  { flexion: -22, abduction: 24, rotation: 10, elbow: 35 },
  { flexion: 35, abduction: 45, rotation: 45, elbow: 90 },
];

/** Dancing at 95 to 145 beats a minute: a step a beat to and fro, in a box, forward and back or on the spot. */
export function dance(random: Random, seconds: number): Clip {
  const score = new Score(random, seconds);
  const { controls, path, build } = score;
  const beat = 60 / random.uniform(95, 145);
  const steps = pick(random, STEPS);
  const size = random.uniform(0.28, 0.55);
  const first = random.integer(2) as Side;
  build.halfWidth = random.uniform(0.07, 0.11);
  build.knee += random.uniform(3, 10) * DEGREE;
  carriage(score, random.uniform(0, 5));

  // A figure takes two beats: one step opens, the other one closes.
  const pair = 2 * beat;
  const start = -2 * pair + random.uniform(0, beat);
  const figures = Math.ceil((seconds + 1.5 - start) / pair);
  const way: Record<(typeof STEPS)[number], [forward: number, left: number][]> = {
    side: [
      [0, 1],
      [0, -1],
    ],
    box: [
      [1, 0],
      [0, 1],
      [-1, 0],
      [0, -1],
    ],
    forward: [
      [1, 0],
      [-1, 0],
    ],
    spot: [[0, 0]],
  };
  const swing = { ...shortSwing(random.uniform(0.05, 0.11)), rise: 0.38, fall: 0.4 };
  const groove = {
    roll: random.uniform(4, 9) * DEGREE,
    yaw: random.uniform(5, 14) * DEGREE,
    chest: random.uniform(4, 11) * DEGREE,
    bounce: random.uniform(0.015, 0.035),
  };
  for (let i = 0; i < figures; i++) {
    const [forward, left] = way[steps][i % way[steps].length];
    const from = start + i * pair;
    const mirrored = first === 0 ? 1 : -1;
    const side: Side = left * mirrored > 0 ? 0 : left * mirrored < 0 ? 1 : first;
    if (steps !== 'spot') {
      const speed = size / (1.2 * beat);
      path.move({
        start: from,
        end: from + 1.9 * beat,
        rise: 0.7 * beat,
        fall: 0.7 * beat,
        forward: forward * speed,
        left: left * mirrored * speed,
      });
    }
    const rhythm = layBout(score, {
      start: from,
      end: from + pair,
      first: side,
      stepTime: beat,
      duty: 0.64,
      halfWidth: build.halfWidth,
      toeOut: build.toeOut,
      swing,
      lead: { side, steps: 0.35 },
    });
    controls.add('pelvisRoll', (t) => -groove.roll * rhythm.support(t));
    controls.add('pelvisYaw', (t) => groove.yaw * rhythm.stride(t));
    controls.add('chestYaw', (t) => -1.6 * groove.yaw * rhythm.stride(t));
    controls.add('chestRoll', (t) => groove.chest * rhythm.support(t));
  }
  controls.add('height', (t) => -groove.bounce * (1 + Math.cos((2 * Math.PI * (t - start)) / beat)));
  controls.add('headPitch', (t) => 4 * DEGREE * Math.cos((2 * Math.PI * (t - start)) / beat));

  const turning = chance(random, 0.5) ? pick(random, [-1, 1]) * random.uniform(0.4, 1.1) : 0;
  if (turning !== 0)
    path.turn({ start: start - 1, end: seconds + 2, angle: turning * (seconds + 3 - start), rise: 0.05 });
  const both = chance(random, 0.5);
  moveArms(score, start, beat, both);
  score.enliven(random.uniform(0.8, 1.4));

  const slots = {
    steps: {
      side: 'from side to side',
      box: 'in a box step',
      spot: 'on the spot',
      forward: 'back and forth',
    }[steps],
    pace: beat < 0.46 ? 'fast' : beat > 0.57 ? 'slowly' : '',
    turn: turning === 0 ? '' : 'while turning around',
    arms: both ? pick(random, ['', 'moving both arms together']) : pick(random, ['', 'with moving arms']),
  };
  const caption = sentence(
    random,
    [
      '{who} dances {pace} {steps} {turn} {arms}',
      '{who} dances to music {steps} {pace} {turn} {arms}',
      '{who} steps {steps} in a {pace} dance {turn} {arms}',
      '{who} grooves {steps} {turn} {arms}',
      '{who} is dancing {pace} {steps} {turn} {arms}',
      '{who} does dance steps {steps} {turn} {arms}',
    ],
    { ...slots, pace: slots.pace },
  );
  return { score, caption };
}

/** From pose to pose, one every one or two beats; both arms the same or each its own way. */
function moveArms(score: Score, start: number, beat: number, both: boolean): void {
  const { random, controls, seconds } = score;
  const span = chance(random, 0.75) ? beat : 2 * beat;
  const count = Math.ceil((seconds + 1 - start) / span) + 1;
  const loop = 2 + random.integer(3);
  // No pose twice in a row.
  const draw = () => {
    const order = random.permutation(POSES.length);
    return Array.from({ length: loop }, (_, i) => POSES[order[i]]);
  };
  const left = draw();
  const shift = both ? 0 : 1;
  const right = both || chance(random, 0.5) ? left : draw();
  for (const [side, poses, offset] of [
    [0, left, 0],
    [1, right, shift],
  ] as const) {
    const track = (key: keyof ArmPose) =>
      stops(
        Array.from({ length: count }, (_, i): [number, number] => [
          start + i * span,
          poses[(i + offset) % poses.length][key],
        ]),
      );
    const flexion = track('flexion');
    const abduction = track('abduction');
    const rotation = track('rotation');
    const elbow = track('elbow');
    controls.blendArm(
      side,
      (t) => ({ flexion: flexion(t), abduction: abduction(t), rotation: rotation(t), elbow: elbow(t) }),
      () => 1,
    );
  }
}

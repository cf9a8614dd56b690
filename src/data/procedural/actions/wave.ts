import type { Random } from '../../../random/random.js';
import { surround } from '../approach.js';
import { chance, pick, sentence, sideWord } from '../captions.js';
import type { ArmPose } from '../controls.js';
import { DEGREE, pulse } from '../curves.js';
import { accompany, layBout, walkingCycle, walkingManner, walkingSwing } from '../locomotion.js';
import { carriage, hangingArms, holdArms, standingArms } from '../posture.js';
import { Score } from '../score.js';
import type { Clip } from './clip.js';
import { shiftWeight } from './idle.js';

const KINDS = ['upright', 'upright', 'small', 'overhead', 'side'] as const;
type Kind = (typeof KINDS)[number];

/** Where the arm is held to wave, and how far its joints swing, degrees. */
function wavingPose(random: Random, kind: Kind): { pose: ArmPose; swing: ArmPose } {
  const r = (low: number, high: number) => random.uniform(low, high);
  switch (kind) {
    case 'upright':
      return {
        pose: { flexion: r(0, 25), abduction: r(70, 95), rotation: -r(72, 95), elbow: r(60, 85) },
        swing: { flexion: 0, abduction: r(0, 5), rotation: r(0, 8), elbow: r(16, 30) },
      };
    case 'small':
      return {
        pose: { flexion: r(30, 50), abduction: r(18, 30), rotation: -r(10, 25), elbow: r(105, 122) },
        swing: { flexion: 0, abduction: 0, rotation: r(14, 24), elbow: r(2, 8) },
      };
    case 'overhead':
      return {
        pose: { flexion: r(0, 15), abduction: r(142, 158), rotation: -r(60, 80), elbow: r(22, 38) },
        swing: { flexion: 0, abduction: r(10, 18), rotation: 0, elbow: r(10, 18) },
      };
    case 'side':
      return {
        pose: { flexion: r(10, 25), abduction: r(88, 108), rotation: -r(20, 60), elbow: r(18, 35) },
        swing: { flexion: r(2, 8), abduction: r(10, 18), rotation: 0, elbow: r(6, 14) },
      };
  }
}

/** Waving with either hand or both, at 1.3 to 2.4 Hz, standing, walking, or after a step forward. */
export function wave(random: Random, seconds: number): Clip {
  const score = new Score(random, seconds);
  const { controls } = score;
  const both = chance(random, 0.2);
  const side = random.integer(2) as 0 | 1;
  const kind = pick(random, KINDS);
  const walking = chance(random, 0.45);
  const speed = random.uniform(0.6, 1.6);
  const arms = walking ? hangingArms(random) : standingArms(random).arms;
  holdArms(score, ...arms);
  carriage(score);

  if (walking) {
    const ramp = 1;
    score.path.move({ start: -2.5, end: seconds + 2.5, rise: ramp, fall: ramp, forward: speed, left: 0 });
    const { cycle, duty } = walkingCycle(speed);
    const rhythm = layBout(score, {
      start: -2.5,
      end: seconds + 2.5,
      first: random.integer(2) as 0 | 1,
      stepTime: cycle / 2,
      duty,
      halfWidth: random.uniform(0.035, 0.065),
      toeOut: score.build.toeOut,
      swing: walkingSwing(speed),
    });
    accompany(score, rhythm, walkingManner(random, speed));
    if (chance(random, 0.5)) {
      const angle = random.uniform(-90, 90) * DEGREE;
      score.path.turn({ start: 0.3, end: seconds - 0.3, angle, rise: 0.3 });
    }
  } else shiftWeight(score, random.uniform(0.1, 0.28));
  const around = walking
    ? { start: -0.5, end: seconds, before: '', after: '', leave: () => {} }
    : surround(score, { into: 0.75, onward: 0.65, time: 1.9 });

  const start = around.start + random.uniform(-0.4, 0.5);
  const length = random.uniform(2, 4.5);
  const raise = random.uniform(0.5, 0.85);
  const end = Math.min(start + length, around.end + 0.6);
  const frequency = random.uniform(1.3, 2.4);
  for (const hand of both ? ([0, 1] as const) : ([side] as const)) {
    const { pose, swing } = wavingPose(random, kind);
    const phase = random.uniform(0, 6);
    controls.blendArm(
      hand,
      (t) => {
        const size =
          Math.sin(2 * Math.PI * frequency * t + phase) *
          pulse(t, start + 0.6 * raise, end - 0.4 * raise, 0.5);
        return {
          flexion: pose.flexion + size * swing.flexion,
          abduction: pose.abduction + size * swing.abduction,
          rotation: pose.rotation + size * swing.rotation,
          elbow: pose.elbow + size * swing.elbow,
        };
      },
      (t) => pulse(t, start, end, raise),
    );
    const lean = (hand === 0 ? -1 : 1) * random.uniform(1, 5) * (both ? 0.2 : 1) * DEGREE;
    controls.add('chestRoll', (t) => -lean * pulse(t, start, end, raise));
    controls.add(
      'chestRoll',
      (t) => 0.012 * Math.sin(2 * Math.PI * frequency * t) * pulse(t, start + 0.4, end - 0.4, 0.5),
    );
  }
  around.leave(end - 0.4);
  score.enliven(random.uniform(0.8, 1.4));

  const slots = {
    hand: both ? 'both hands' : `the ${sideWord(side)} hand`,
    how: {
      upright: '',
      small: 'with a small movement',
      overhead: 'high over the head',
      side: 'with an outstretched arm',
    }[kind],
    pace: frequency > 2 ? 'quickly' : frequency < 1.6 ? 'slowly' : '',
    place: walking ? pick(random, ['while walking', 'while walking forward']) : '',
  };
  const caption = sentence(
    random,
    [
      '{who} waves with {hand} {how} {pace} {place}',
      '{who} raises {hand} and waves {how} {pace} {place}',
      '{who} {pace} waves {hand} {how} {place}',
      '{who} greets someone by waving {hand} {how} {place} {pace}',
      '{who} lifts {hand} to wave {how} {pace} {place} and lowers it again',
      '{who} waves hello with {hand} {how} {place} {pace}',
    ],
    slots,
    around,
  );
  return { score, caption };
}

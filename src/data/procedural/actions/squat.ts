import type { Random } from '../../../random/random.js';
import { surround } from '../approach.js';
import { chance, countWord, pick, sentence } from '../captions.js';
import type { ArmPose } from '../controls.js';
import { DEGREE, minimumJerk, stops } from '../curves.js';
import { carriage, HANDS_ON_HIPS, hangingArms, holdArms } from '../posture.js';
import { Score } from '../score.js';
import type { Clip } from './clip.js';

/** Squats of 15 to 48 cm, one to four of them, at several speeds, arms forward, on the hips, at the chest or hanging. */
export function squat(random: Random, seconds: number): Clip {
  const score = new Score(random, seconds);
  const { controls, build } = score;
  const depth = random.uniform(0.15, 0.48);
  const down = random.uniform(0.45, 1.05) * (0.7 + depth);
  const hold = chance(random, 0.3) ? random.uniform(0.4, 1.2) : random.uniform(0.02, 0.25);
  const up = down * random.uniform(0.75, 1.1);
  const half = random.uniform(0.13, 0.22);
  const out = random.uniform(12, 32) * DEGREE;
  score.stand[0] = { ...score.stand[0], left: half, out };
  score.stand[1] = { ...score.stand[1], left: -half, out };
  build.knee += random.uniform(0, 6) * DEGREE;

  const arms = hangingArms(random);
  holdArms(score, ...arms);
  carriage(score);
  const style = pick(random, ['forward', 'forward', 'hips', 'chest', 'hang', 'overhead'] as const);
  const raised: Record<typeof style, ArmPose> = {
    forward: { flexion: random.uniform(70, 98), abduction: random.uniform(2, 12), rotation: 10, elbow: 10 },
    hips: HANDS_ON_HIPS,
    chest: { flexion: 48, abduction: 22, rotation: 52, elbow: 112 },
    hang: { flexion: 25, abduction: 12, rotation: 20, elbow: 20 },
    overhead: { flexion: 150, abduction: 12, rotation: 0, elbow: 15 },
  };
  const constant =
    style === 'hips' || (style === 'overhead' && down < 0.8) || (style !== 'hang' && chance(random, 0.15));

  const around = surround(score, {
    into: 0.75,
    onward: 0.65,
    time: 2.1,
    place: (side) => ({ forward: 0, left: side === 0 ? half : -half, out }),
    arms: style === 'hips' ? 0.3 : 1,
  });
  const keys: [number, number][] = [[around.start + random.uniform(0.1, 0.4), 0]];
  let count = 0;
  for (;;) {
    const last = keys[keys.length - 1][0];
    if (count > 0 && last + down + hold + 0.8 * up > around.end) break;
    const size = random.uniform(0.92, 1.05);
    keys.push([last + down, size], [last + down + hold, size], [last + down + hold + up, 0]);
    keys.push([last + down + hold + up + random.uniform(0.03, 0.2), 0]);
    count++;
  }
  const bent = stops(keys);
  controls.add('height', (t) => -depth * bent(t));
  const lean = random.uniform(50, 85) * DEGREE * depth;
  controls.add('pelvisPitch', (t) => 0.9 * lean * bent(t));
  controls.add('chestPitch', (t) => lean * bent(t));
  for (const side of [0, 1] as const)
    controls.blendArm(
      side,
      () => raised[style],
      (t) => (constant ? minimumJerk((t + 1) / 0.5) : minimumJerk(bent(t) * 1.15)),
    );
  around.leave(keys[keys.length - 2][0] - 0.1);
  score.enliven(random.uniform(0.8, 1.5));

  const slots = {
    pace: down > 0.9 ? 'slowly' : down < 0.55 ? 'quickly' : '',
    deep: depth > 0.38 ? 'deeply' : depth < 0.24 ? 'a little' : '',
    times: count === 1 ? pick(random, ['', 'once']) : countWord(count),
    hold: hold > 0.4 ? 'and holds the position' : '',
    arms: {
      forward: 'with arms stretched forward',
      hips: 'with hands on hips',
      chest: 'with hands at the chest',
      hang: '',
      overhead: 'with arms raised overhead',
    }[style],
  };
  const caption = sentence(
    random,
    [
      '{who} squats {deep} {pace} {times} {arms} {hold}',
      '{who} {pace} squats down {deep} {hold} and stands up {times} {arms}',
      '{who} bends the knees {deep} {pace} and rises again {times} {arms}',
      '{who} does a squat {times} {pace} {arms} {hold}',
      '{who} goes down into a squat {deep} {pace} {hold} and comes back up {times} {arms}',
      '{who} lowers the hips {deep} {pace} {times} {arms} {hold}',
    ],
    slots,
    around,
  );
  return { score, caption };
}

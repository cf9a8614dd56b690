import type { Random } from '../../../random/random.js';
import { surround } from '../approach.js';
import type { Side } from '../body.js';
import { countWord, pick, sentence } from '../captions.js';
import type { ArmPose } from '../controls.js';
import { DEGREE, stops } from '../curves.js';
import { carriage, hangingArms, holdArms } from '../posture.js';
import { Score } from '../score.js';
import type { Clip } from './clip.js';
import { shiftWeight } from './idle.js';

/** Bows of 20 to 85 degrees, one to three, arms hanging, at the sides, at the chest or spread. */
export function bow(random: Random, seconds: number): Clip {
  const score = new Score(random, seconds);
  const { controls, build } = score;
  const depth = random.uniform(20, 85);
  const down = random.uniform(0.5, 1.05) * (0.75 + depth / 160);
  const up = down * random.uniform(0.85, 1.2);
  const hold = random.uniform(0.03, 0.6);
  build.halfWidth = random.uniform(0.06, 0.1);
  score.stand[0].left = build.halfWidth;
  score.stand[1].left = -build.halfWidth;
  holdArms(score, ...hangingArms(random));
  carriage(score, random.uniform(-1, 2));
  shiftWeight(score, 0.04);

  const around = surround(score, { into: 0.75, onward: 0.65, time: 2.2 });
  const start = around.start + random.uniform(0.05, 0.4);
  const keys: [number, number][] = [[start, 0]];
  let count = 0;
  for (; count < 3; count++) {
    const last = keys[keys.length - 1][0];
    if (count > 0 && last + down + hold + 0.7 * up > around.end) break;
    const size = random.uniform(0.9, 1.05);
    keys.push([last + down, size], [last + down + hold, size], [last + down + hold + up, 0]);
    keys.push([last + down + hold + up + random.uniform(0.05, 0.35), 0]);
  }
  const bent = stops(keys);
  const share = random.uniform(0.45, 0.62);
  controls.add('pelvisPitch', (t) => share * depth * DEGREE * bent(t));
  controls.add('chestPitch', (t) => (1 - share) * depth * DEGREE * bent(t));
  controls.add('headPitch', (t) => 0.25 * depth * DEGREE * bent(t));
  controls.add('height', (t) => -0.00035 * depth * bent(t));

  const style = pick(random, ['hang', 'hang', 'sides', 'heart', 'spread', 'thighs'] as const);
  const side = random.integer(2) as Side;
  const heart: ArmPose = { flexion: 34, abduction: 18, rotation: 62, elbow: 108 };
  const hanging = random.uniform(0.6, 0.95);
  const flexion = (t: number, by: number) => by * depth * DEGREE * bent(t);
  for (const hand of [0, 1] as const) {
    const name = hand === 0 ? 'leftFlexion' : 'rightFlexion';
    if (style === 'hang') controls.add(name, (t) => flexion(t, hanging));
    if (style === 'thighs') controls.add(name, (t) => flexion(t, 0.45));
    if (style === 'heart' && hand === side) controls.blendArm(hand, () => heart, bent);
    if (style === 'spread')
      controls.blendArm(hand, () => ({ flexion: 0, abduction: 62, rotation: -20, elbow: 20 }), bent);
  }
  around.leave(keys[keys.length - 2][0] - 0.1);
  score.enliven(random.uniform(0.7, 1.3));

  const slots = {
    deep: depth > 62 ? 'deeply' : depth < 35 ? 'slightly' : '',
    pace: down > 0.95 ? 'slowly' : down < 0.62 ? 'quickly' : '',
    times: count > 1 ? countWord(count) : '',
    arms: {
      hang: '',
      sides: 'with arms at the sides',
      heart: 'with a hand on the chest',
      spread: 'spreading the arms',
      thighs: 'with hands sliding down the thighs',
    }[style],
    hold: hold > 0.45 ? 'and holds it' : '',
  };
  const caption = sentence(
    random,
    [
      '{who} bows {deep} {pace} {times} {arms} {hold}',
      '{who} {pace} bows {deep} {arms} {times} {hold}',
      '{who} bends forward {deep} in a bow {times} {arms} {pace} {hold}',
      '{who} takes a bow {times} {pace} {arms} {hold}',
      '{who} bows {deep} {arms} and straightens up {pace} {times}',
      '{who} leans forward {deep} {pace} to bow {times} {arms} {hold}',
    ],
    slots,
    around,
  );
  return { score, caption };
}

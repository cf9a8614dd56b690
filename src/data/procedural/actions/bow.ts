import type { Random } from '../../../random/random.js';
import type { Side } from '../body.js';
import { chance, pick, sentence } from '../captions.js';
import type { ArmPose } from '../controls.js';
import { DEGREE, stops } from '../curves.js';
import { shortSwing } from '../locomotion.js';
import { carriage, hangingArms, holdArms } from '../posture.js';
import { Score } from '../score.js';
import type { Clip } from './clip.js';
import { shiftWeight } from './idle.js';

/** Bows of 20 to 85 degrees, one or two, arms hanging, at the sides, at the chest or spread; some after a step forward. */
export function bow(random: Random, seconds: number): Clip {
  const score = new Score(random, seconds);
  const { controls, build } = score;
  const depth = random.uniform(20, 85);
  const down = random.uniform(0.6, 1.2) * (0.75 + depth / 160);
  const up = down * random.uniform(0.85, 1.2);
  const hold = random.uniform(0.05, 0.9);
  build.halfWidth = random.uniform(0.06, 0.1);
  score.stand[0].left = build.halfWidth;
  score.stand[1].left = -build.halfWidth;
  holdArms(score, ...hangingArms(random));
  carriage(score, random.uniform(-1, 2));
  shiftWeight(score, 0.04);

  let start = random.uniform(0.1, 0.8);
  const step = seconds > 4 && chance(random, 0.35) ? random.uniform(0.25, 0.5) : 0;
  if (step > 0) {
    const first = random.integer(2) as Side;
    score.path.move({ start, end: start + 1.3, rise: 0.55, fall: 0.55, forward: step / 0.75, left: 0 });
    for (const [i, side] of [first, (1 - first) as Side].entries())
      score.step({
        side,
        liftOff: start + 0.1 + 0.6 * i,
        touchDown: start + 0.52 + 0.6 * i,
        at: start + 1.3,
        forward: 0,
        left: side === 0 ? build.halfWidth : -build.halfWidth,
        out: build.toeOut,
        swing: shortSwing(0.06),
      });
    start += 1.5;
  }
  const keys: [number, number][] = [[start, 0]];
  let count = 0;
  for (const wanted = chance(random, 0.4) ? 2 : 1; count < wanted; count++) {
    const last = keys[keys.length - 1][0];
    if (count > 0 && last + down + 0.5 * up > seconds) break;
    const size = random.uniform(0.9, 1.05);
    keys.push([last + down, size], [last + down + hold, size], [last + down + hold + up, 0]);
    keys.push([last + down + hold + up + random.uniform(0.2, 0.6), 0]);
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
  score.enliven(random.uniform(0.7, 1.3));

  const slots = {
    deep: depth > 62 ? 'deeply' : depth < 35 ? 'slightly' : '',
    pace: down > 1.05 ? 'slowly' : down < 0.7 ? 'quickly' : '',
    times: count > 1 ? 'twice' : '',
    arms: {
      hang: '',
      sides: 'with arms at the sides',
      heart: 'with a hand on the chest',
      spread: 'spreading the arms',
      thighs: 'with hands sliding down the thighs',
    }[style],
    step: step > 0 ? 'steps forward and' : '',
    hold: hold > 0.6 ? 'and holds it' : '',
  };
  const caption = sentence(
    random,
    [
      '{who} {step} bows {deep} {pace} {times} {arms} {hold}',
      '{who} {step} {pace} bows {deep} {arms} {times} {hold}',
      '{who} {step} bends forward {deep} in a bow {times} {arms} {pace} {hold}',
      '{who} {step} takes a bow {times} {pace} {arms} {hold}',
      '{who} {step} bows {deep} {arms} and straightens up {pace} {times}',
      '{who} {step} leans forward {deep} {pace} to bow {times} {arms} {hold}',
    ],
    slots,
  );
  return { score, caption };
}

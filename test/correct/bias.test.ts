/** What preset loop does to motion that needs nothing: as little as can be. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ENOUGH, isValid } from '../../bench/quality/bars.js';
import { readClips } from '../../bench/quality/clips.js';
import { correctSamples, summarise, summariseBy } from '../../bench/quality/measures.js';
import { haveMocap, MOCAP } from '../support/motions.js';

if (!haveMocap) console.log(`note: ${MOCAP} is missing; the bias on real motion is not tested here`);
else {
  const samples = readClips('../shared/data').map((clip) => ({ kind: 'real', truth: clip.joints, ...clip }));
  const { rows } = await correctSamples(samples, { preset: 'loop' });

  test('real motion is moved 10 mm or less, dance 25 mm, relative to the pelvis', () => {
    const actions = summariseBy(rows, 'action');
    for (const [action, limit] of Object.entries({ walk: 10, idle: 10, wave: 10, dance: 25 })) {
      const { toInput } = actions[action];
      assert.ok(toInput <= limit, `${action}: ${toInput} mm`);
    }
  });

  test('valid motion keeps the speed of its pelvis and its jerk within 3 %, and so does each action of ten clips', () => {
    const valid = rows.filter(isValid);
    const actions = Object.entries(summariseBy(valid, 'action'));
    const enough = actions.filter(([, { n }]) => n >= ENOUGH);
    assert.ok(valid.length >= 50 && enough.length >= 2, `only ${valid.length} clips are valid`);
    for (const [name, { speedRatio, jerkRatio }] of [['all', summarise(valid)] as const, ...enough]) {
      assert.ok(Math.abs(speedRatio - 1) <= 0.03, `${name}: root speed x ${speedRatio}`);
      assert.ok(Math.abs(jerkRatio - 1) <= 0.03, `${name}: jerk x ${jerkRatio}`);
    }
    const off = actions.filter(([, { jerkRatio }]) => Math.abs(jerkRatio - 1) > 0.03);
    console.log(
      `valid clips beyond 3 % of jerk: ${off.map(([name, { n, jerkRatio }]) => `${name} (${n}) x ${jerkRatio.toFixed(2)}`).join(', ')}`,
    );
  });

  test('all of real motion keeps the speed of its pelvis within 1 %', () => {
    const { speedRatio, jerkRatio } = summarise(rows);
    console.log(`all real clips: root speed x ${speedRatio.toFixed(3)}, jerk x ${jerkRatio.toFixed(3)}`);
    assert.ok(Math.abs(speedRatio - 1) <= 0.01, `${speedRatio}`);
  });
}

test.run();

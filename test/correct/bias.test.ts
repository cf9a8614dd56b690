/** What preset loop does to motion that needs nothing: as little as can be. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isValid } from '../../bench/quality/bars.js';
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

  /** Actions of which one or two valid clips are corrected after all; quality.test.ts says why. */
  const KNOWN = ['exercise', 'kick', 'walk'];
  test('valid motion keeps the speed of its pelvis and its jerk within 3 %, overall and per action', () => {
    const valid = rows.filter(isValid);
    const { speedRatio, jerkRatio, n } = summarise(valid);
    assert.ok(n >= 50, `only ${n} clips are valid`);
    assert.ok(Math.abs(speedRatio - 1) <= 0.03, `root speed x ${speedRatio}`);
    assert.ok(Math.abs(jerkRatio - 1) <= 0.03, `jerk x ${jerkRatio}`);
    const off = Object.entries(summariseBy(valid, 'action')).filter(([action, summary]) => {
      const { speedRatio, jerkRatio } = summary;
      assert.ok(Math.abs(speedRatio - 1) <= 0.03, `${action}: root speed x ${speedRatio}`);
      return Math.abs(jerkRatio - 1) > 0.03;
    });
    assert.equal(off.map(([action]) => action).sort(), KNOWN);
  });

  test('all of real motion keeps the speed of its pelvis within 1 %', () => {
    const { speedRatio, jerkRatio } = summarise(rows);
    console.log(`all real clips: root speed x ${speedRatio.toFixed(3)}, jerk x ${jerkRatio.toFixed(3)}`);
    assert.ok(Math.abs(speedRatio - 1) <= 0.01, `${speedRatio}`);
  });
}

test.run();

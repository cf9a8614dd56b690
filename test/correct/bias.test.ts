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

  /** Actions with fewer valid clips are bars of `npm run quality` alone: one clip decides them. */
  const ENOUGH = 5;
  test('valid motion keeps the speed of its pelvis and its jerk within 3 %, overall and per action', () => {
    const valid = rows.filter(isValid);
    const groups = { all: summarise(valid), ...summariseBy(valid, 'action') };
    assert.ok(groups.all.n >= 50, `only ${groups.all.n} clips are valid`);
    const large = Object.entries(groups).filter(([, { n }]) => n >= ENOUGH);
    assert.ok(large.length >= 8, `only ${large.length} groups`);
    for (const [name, { speedRatio, jerkRatio }] of large) {
      assert.ok(Math.abs(speedRatio - 1) <= 0.03, `${name}: root speed x ${speedRatio}`);
      assert.ok(Math.abs(jerkRatio - 1) <= 0.03, `${name}: jerk x ${jerkRatio}`);
    }
  });

  test('all of real motion keeps the speed of its pelvis within 1 %', () => {
    const { speedRatio, jerkRatio } = summarise(rows);
    console.log(`all real clips: root speed x ${speedRatio.toFixed(3)}, jerk x ${jerkRatio.toFixed(3)}`);
    assert.ok(Math.abs(speedRatio - 1) <= 0.01, `${speedRatio}`);
  });
}

test.run();

// What the loop's corrector does to a distribution, and that its choices are the better ones.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { measureBias, WAYS } from '../../bench/quality/bias.js';
import { readClips } from '../../bench/quality/clips.js';
import { printBias } from '../../bench/quality/print-bias.js';
import { haveMocap, MOCAP } from '../support/motions.js';

if (!haveMocap) console.log(`note: ${MOCAP} is missing; the corrector's bias is not measured here`);
else {
  const names = ['loop', 're-rooted', 'preset clip, path kept', 'official (1.5 x too fast, ghost forces)'];
  const clips = readClips('../shared/data');
  const generated = clips.filter(({ split }) => split === 'val').map(({ joints }) => joints);
  const bias = await measureBias(clips, generated, names);

  test('the corrector of the loop leaves real motion alone, once and four times, and repairs damaged motion', () => {
    const { real, damaged } = bias.ways.loop;
    assert.is(real.n, bias.counts.real);
    // Real windows of the training split are at about 4 from these.
    assert.ok(real.fidAfter < 0.2, `once: ${real.fidAfter}`);
    assert.ok(real.fidFourTimes < 0.3, `four times: ${real.fidFourTimes}`);
    assert.is(real.fidBefore < 1e-6, true, 'a set is at 0 from itself');
    assert.ok(damaged.fidAfter < 0.5 * damaged.fidBefore, `${damaged.fidBefore} ${damaged.fidAfter}`);
    assert.ok(damaged.physErrAfter < 0.3 * damaged.physErrBefore);
  });

  test('re-rooting, the low pass and the official time base change real motion more', () => {
    const { real } = bias.ways.loop;
    for (const name of names.slice(1)) {
      assert.ok(WAYS[name], name);
      const other = bias.ways[name].real;
      assert.ok(other.fidFourTimes > 1.2 * real.fidFourTimes, `${name}: ${other.fidFourTimes}`);
    }
    const slower = bias.ways['re-rooted'].real.speedRatio;
    assert.ok(slower < real.speedRatio - 0.01, `${slower}, ${real.speedRatio}`);
  });

  test('what is left out is not counted, and the tables have a row for every way', async () => {
    const few = await measureBias(clips, [], ['assisted or failed: left out']);
    const { damaged, generated: none } = few.ways['assisted or failed: left out'];
    assert.is(damaged.n, Math.round((1 - damaged.leftOut) * few.counts.damaged));
    assert.ok(Math.abs(damaged.leftOut - (1 - damaged.ok)) < 1e-12);
    assert.is(none, undefined);
    const text = printBias(bias);
    for (const name of names)
      assert.is(text.split('\n').filter((line) => line.startsWith(name)).length, 3, name);
    assert.not.match(text, /NaN|undefined/);
  });
}

test.run();

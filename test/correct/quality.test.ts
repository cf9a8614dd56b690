import { spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readClips, readSamples } from '../../bench/quality/clips.js';
import { evaluate, type QualityResult } from '../../bench/quality/evaluate.js';
import { correctSamples, PRESETS, summarise } from '../../bench/quality/measures.js';
import { printQuality } from '../../bench/quality/print.js';
import { haveMocap, MOCAP } from '../support/motions.js';

const DATA = '../shared/data';
const MAIN = 'dist/bench/quality/main.js';
const run = (...flags: string[]) => spawnSync(process.execPath, [MAIN, ...flags], { encoding: 'utf8' });

test('npm run quality says in one line that there is no data, what its flags are, and which flag is unknown', () => {
  const missing = run('--data', '/nowhere');
  assert.is(missing.status, 2);
  assert.match(missing.stderr, /^no motion to measure: .*nowhere has no mocap\/manifest\.csv.*\n$/);
  const help = run('--help');
  assert.is(help.status, 0);
  for (const flag of ['--data', '--json', '--help']) assert.match(help.stdout, flag);
  const unknown = run('--fast');
  assert.is(unknown.status, 2);
  assert.match(unknown.stderr, /--fast/);
});

if (!haveMocap) console.log(`note: ${MOCAP} is missing; the quality on real motion is not tested here`);
else {
  const samples = readSamples(DATA, readClips(DATA));
  const sets = {
    'real test clips': samples.filter(({ kind, split }) => kind === 'real' && split === 'test'),
    defects: samples.filter(({ kind }) => kind === 'defect'),
  };
  for (const [name, set] of Object.entries(sets))
    for (const preset of PRESETS)
      test(`${name}, preset ${preset}: tracked, on the floor, without skating, near the true clip`, async () => {
        const { ok, assisted, after, truthAfter, residual } = summarise(
          (await correctSamples(set, { preset })).rows,
        );
        const summary =
          `${name}, ${preset}: ok ${(100 * ok).toFixed(0)} %, assisted ${(100 * assisted).toFixed(0)} %, ` +
          `penetrate ${after.penetrate.toFixed(2)} mm, float ${after.float.toFixed(1)} mm, skate ${after.skate.toFixed(2)} mm/frame, ` +
          `jerk ${after.jerk.toFixed(0)} m/s3, root-relative to the true clip ${truthAfter?.toFixed(1)} mm, residual ${residual.toFixed(2)} BW`;
        console.log(summary);
        assert.ok(ok >= 0.95, summary);
        assert.ok(after.penetrate <= 0.5, summary);
        assert.ok(after.skate <= 5, summary);
        assert.ok(truthAfter !== undefined && truthAfter <= 40, summary);
      });

  let result: QualityResult | undefined;
  test('every bar is reached', async () => {
    result = await evaluate(DATA);
    assert.ok(result.bars.length > 50);
    const missed = result.bars.filter(({ pass }) => !pass);
    for (const { of, what, preset, limit, value } of missed)
      console.log(`${of}, ${what}, ${preset}: ${value}, not ${limit}`);
    assert.is(missed.length, 0);
  });

  test('the tables name every kind, action and bar, and a missed one', () => {
    if (!result) throw new Error('there are no results to print');
    const text = printQuality(result);
    for (const { kinds, actions } of Object.values(result.presets))
      for (const name of [...Object.keys(kinds), ...Object.keys(actions)]) assert.match(text, `\n${name} `);
    const bars = result.bars.map((bar, i) => ({ ...bar, pass: i > 0 }));
    const { of, what, preset } = bars[0];
    assert.match(
      printQuality({ ...result, bars }),
      `1 of ${bars.length} bars missed: ${of}: ${what} (${preset})`,
    );
  });

  test('before and after are measured on the right motions: clean clips are their own truth, damage shows', () => {
    if (!result) throw new Error('there are no results to check');
    for (const { kinds } of Object.values(result.presets)) {
      assert.is(kinds.real.truthBefore, 0);
      assert.ok(Math.abs(kinds.float.before.float - kinds.real.before.float - 50) < 5);
      assert.ok(kinds.sink.before.penetrate > 35);
      assert.ok(kinds.jitter.before.jerk > 5 * kinds.real.before.jerk);
      assert.ok((kinds.mix.truthBefore ?? 0) > 15);
      assert.is(kinds.generated.truthBefore, undefined);
    }
  });
}

test.run();

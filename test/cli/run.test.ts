import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runConfig, seedsOf, sweep } from '../../src/cli/loop-flags.js';
import { cli } from './process.js';

const dir = mkdtempSync(join(tmpdir(), 'selfcorrect-run-'));
test.after(() => rmSync(dir, { recursive: true, force: true }));

test('a run of a task: rows as JSON, report, the same again from what is there', async () => {
  const out = join(dir, 'gaussian');
  const args = [
    'run',
    'gaussian',
    '--seeds',
    '3',
    '--generations',
    '4',
    '--n',
    '12',
    '--gamma',
    '0.5,2',
    '--arms',
  ];
  const first = await cli([...args, 'uncorrected,corrected', '--json', '--out', out]);
  assert.is(first.code, 0, first.err);
  const { rows } = JSON.parse(first.out);
  const arms = ['baseline', 'uncorrected', 'corrected@gamma=0.5', 'corrected@gamma=2'];
  assert.equal(
    [...new Set(rows.flatMap((row: { arm?: string | null }) => row.arm ?? []))].sort(),
    [...arms].sort(),
  );
  const units = rows.filter((row: { kind: string }) => row.kind === 'generation');
  assert.is(units.length, 3 * (1 + arms.length * 4));
  const page = readFileSync(join(out, 'report.html'), 'utf8');
  assert.match(page, /task <i>gaussian<\/i>/);
  assert.match(page, /corrected@gamma=0\.5/);
  assert.not.match(page.replace(/<script[\s\S]*?<\/script>/g, ''), /NaN|undefined/);
  assert.equal(readdirSync(join(out, 'tensorboard', 'seed-1')).sort(), [...arms].sort());
  const again = await cli([...args, 'uncorrected,corrected', '--json', '--jobs', '1', '--out', out]);
  assert.equal(JSON.parse(again.out).rows, rows);
  const other = await cli([...args, 'uncorrected', '--out', out]);
  assert.is(other.code, 1);
  assert.match(other.err, /Expected the configuration .* was started with/);
});

test('--list names tasks with what they offer; mistakes are one line and exit code 2', async () => {
  const list = await cli(['run', '--list']);
  assert.is(list.code, 0);
  assert.match(list.out, /^gaussian /m);
  assert.match(list.out, /correctors /);
  const json = JSON.parse((await cli(['run', '--list', '--json'])).out);
  assert.ok(json.some(({ name }: { name: string }) => name === 'gaussian'));
  for (const [args, message] of [
    [[], /Expected one of gaussian.* for TASK but received nothing/],
    [['nonsense'], /Expected one of gaussian.* for TASK but received nonsense/],
    [['motion'], /selfcorrect loop/],
    [['gaussian', '--gamma', 'x'], /Expected a number >= 0 or Infinity for --gamma but received x/],
    [['gaussian', '--seeds', '0'], /Expected one seed or more for --seeds but received 0/],
    [['gaussian', '--set', 'x=1'], /for --set of the task gaussian but received x/],
    [['gaussian', '--regime', 'forget'], /Expected one of augment, .* for --regime but received forget/],
  ] as [string[], RegExp][]) {
    const { code, err } = await cli(['run', ...args]);
    assert.match(err, message);
    assert.is(code, 2, args.join(' '));
    assert.is(err.trim().split('\n').length, 1);
  }
});

test('seeds: a number of them, or which', () => {
  assert.equal(seedsOf('3'), [0, 1, 2]);
  assert.equal(seedsOf('3,'), [3]);
  assert.equal(seedsOf('5,7'), [5, 7]);
  assert.is(seedsOf(undefined), undefined);
  for (const bad of ['', 'a', '1.5', '-1', '1,,2x']) assert.throws(() => seedsOf(bad), /--seeds/);
});

test('several values of a setting: every arm that heeds it with each, the others once', () => {
  assert.equal(sweep(['baseline', 'uncorrected', 'corrected'], { gamma: [0, 1], lambda: [2] }), [
    'baseline',
    'uncorrected',
    'corrected@gamma=0',
    'corrected@gamma=1',
  ]);
  assert.equal(sweep(['corrected'], { regime: ['replace', 'thin'], gamma: [1, 2] }), [
    'corrected@regime=replace@gamma=1',
    'corrected@regime=replace@gamma=2',
    'corrected@regime=thin@gamma=1',
    'corrected@regime=thin@gamma=2',
  ]);
  assert.equal(sweep(['corrected@gamma=9'], { gamma: [1, 2] }), ['corrected@gamma=9']);
  const config = runConfig({ flags: { lambda: ['0.5'], gamma: ['1'] }, positionals: [] }, ['corrected']);
  assert.equal([config.lambda, config.gamma, config.arms], [0.5, 1, ['corrected']]);
  const flags = { 'select-after': 'correction', dispersion: 0.25, 'evaluate-every': 5 };
  const { selectAfter, dispersion, evaluateEvery } = runConfig({ flags, positionals: [] }, ['selected']);
  assert.equal([selectAfter, dispersion, evaluateEvery], ['correction', 0.25, 5]);
});

test.run();

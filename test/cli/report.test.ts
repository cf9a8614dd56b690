import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { verdictLines } from '../../src/cli/verdict-lines.js';
import { DEFAULT_CONFIG } from '../../src/loop/config.js';
import { type Judgement, noteMachine, parsePreregistration, register } from '../../src/loop/index.js';
import { judgement, sampleCosts, sampleData, sampleRows } from '../report/sample.js';
import { cli } from './process.js';

const dir = mkdtempSync(join(tmpdir(), 'report-cli-'));
test.after(() => rmSync(dir, { recursive: true }));

const lines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

/** A made-up run of five seeds as it lies on disk. */
async function madeRun(name: string): Promise<string> {
  const run = join(dir, name);
  mkdirSync(join(run, 'seed-0'), { recursive: true });
  writeFileSync(join(run, 'seed-0', 'weights.bin'), 'x');
  await register(run, {
    name: 'made-up',
    description: 'for a test',
    loop: DEFAULT_CONFIG,
    settings: {},
    preregistration: parsePreregistration({
      question: 'Does it hold?',
      primary: 'fid',
      claims: [
        {
          name: 'Order',
          kind: 'gate',
          all: [
            {
              type: 'order',
              metric: 'fid',
              of: 'last',
              arms: ['baseline', 'corrected', 'uncorrected'],
              inSeeds: [4, 5],
            },
          ],
        },
        {
          name: 'Tenth',
          kind: 'goal',
          all: [
            { type: 'ratio', metric: 'fid', arm: 'corrected', against: 'baseline', atMost: 0.1, seeds: 5 },
          ],
        },
      ],
    }),
  });
  await noteMachine(run, ['selfcorrect', 'loop', '--protocol', 'made-up'], '0.0.0');
  writeFileSync(join(run, 'config.json'), JSON.stringify(sampleData(5, 6).config));
  writeFileSync(join(run, 'metrics.jsonl'), lines(sampleRows(5, 6)));
  writeFileSync(join(run, 'costs.jsonl'), lines(sampleCosts(5, 6)));
  return run;
}

test('report, verdicts, tables, figure and a copy without weights, from a run that lies on disk', async () => {
  const run = await madeRun('run');
  const [document, figure, copy] = ['results.md', 'figure.svg', 'copy'].map((name) => join(dir, name));
  writeFileSync(document, '# Results\n\nwords before\n');
  const args = [
    'report',
    run,
    '--name',
    'made',
    '--markdown',
    document,
    '--figure',
    figure,
    '--publish',
    copy,
  ];
  const { code, out, err } = await cli(args);
  assert.is(code, 0, err);
  assert.match(out, /MET\s+gate: Order/);
  assert.match(out, /MISSED\s+goal: Tenth/);
  const verdicts = JSON.parse(readFileSync(join(run, 'verdicts.json'), 'utf8')) as Judgement;
  assert.equal(
    verdicts.claims.map(({ verdict }) => verdict),
    ['met', 'missed'],
  );
  assert.ok(verdicts.changes.includes('generations: 10 -> 6'), `${verdicts.changes}`);

  const text = readFileSync(document, 'utf8');
  assert.match(text, /^# Results\n\nwords before\n\n<!-- run made -->\n## made\n/);
  assert.match(text, /- Command: `selfcorrect loop --protocol made-up`/);
  assert.match(text, /\| real data \| – \| 4\.10 ± 0\.50 \|/);
  assert.match(text, /\| uncorrected \| 6 \| 3\d\.\d ± \d/);
  assert.match(text, /\| Order \(gate\) \| \*\*met\*\* \|/);
  assert.match(text, /\| corrected \|.* \| 3\.20 \|.* 20\.\d %|\| corrected \|.*22\.4 %/);
  const tables = text.match(/^\|.*\|$/gm)!;
  assert.ok(tables.length > 15, `${tables.length} lines of tables`);

  const svg = readFileSync(figure, 'utf8');
  assert.is(svg.match(/<path class="line"/g)?.length, 2 * 5, 'two panels of five arms');
  assert.not.match(svg, /NaN|undefined/);
  assert.match(svg, /^<svg [^>]*>\n<style>/);

  assert.equal(readdirSync(copy).sort(), [
    'config.json',
    'costs.jsonl',
    'machine.json',
    'metrics.jsonl',
    'protocol.json',
    'report.html',
    'verdicts.json',
  ]);
  // Again, and from the copy: the same document, and the copy keeps its report.
  writeFileSync(join(copy, 'report.html'), 'with motions');
  const again = await cli(['report', copy, '--name', 'made', '--markdown', document]);
  assert.is(again.code, 0, again.err);
  assert.is(readFileSync(document, 'utf8'), text);
  assert.is(readFileSync(join(copy, 'report.html'), 'utf8'), 'with motions');
});

test('what cannot be reported is said', async () => {
  const run = await madeRun('other');
  const failed = async (args: string[], message: RegExp, code = 2): Promise<void> => {
    const result = await cli(['report', ...args]);
    assert.is(result.code, code, result.err);
    assert.match(result.err, message);
  };
  await failed([], /Expected one RUN but received nothing/);
  await failed([join(dir, 'nowhere')], /config\.json/, 1);
  await failed([run, '--arms', 'baseline'], /Expected --figure for --arms/);
  await failed([run, '--publish', run], /another directory than the run's/);
  await failed([run, '--figure', join(dir, 'x.svg'), '--arms', 'nobody'], /Expected arms among/, 1);
  assert.not.ok(existsSync(join(dir, 'x.svg')));
});

test('verdicts in a terminal: what was claimed, whether before the results, what was changed', () => {
  const made = judgement(sampleRows(3, 6));
  const text = verdictLines(made);
  assert.match(text, /^Claims of the protocol sample, registered before the results:/);
  assert.match(text, /run with changes: generations: 50 -> 6/);
  assert.match(text, /NOT DECIDABLE {2}goal: Five seeds\n.*3 of 5 seeds are there/);
  assert.match(text, /MISSED {9}gate: A tenth of the FID\n.*0\.\d+ x, p \d/);
  assert.match(verdictLines({ ...made, beforeResults: false }), /registered AFTER there were results/);
  assert.is(verdictLines({ ...made, claims: [] }), '');
});

test.run();

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { writeNpy } from '../../src/io/npy.js';
import { generationDirectory, runLoop } from '../../src/loop/index.js';
import { readRun, readSamples, renderReport } from '../../src/report/index.js';
import { gaussianTask } from '../../src/tasks/gaussian.js';
import { sampleCosts, sampleData, sampleRows, stickFigure } from './sample.js';

const test = suite<{ dir: string }>('run');
test.before.each((context) => {
  context.dir = mkdtempSync(join(tmpdir(), 'report-'));
});
test.after.each(({ dir }) => rmSync(dir, { recursive: true }));

const lines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

function writeRun(dir: string, metrics = lines(sampleRows(1, 4))): void {
  writeFileSync(join(dir, 'config.json'), JSON.stringify(sampleData(1, 4).config));
  writeFileSync(join(dir, 'metrics.jsonl'), metrics);
  writeFileSync(join(dir, 'costs.jsonl'), lines(sampleCosts(1, 4)));
}

test('a run is read and rendered', async ({ dir }) => {
  writeRun(dir);
  const data = await readRun(dir);
  assert.is(data.title, 'Self-consuming loop: motion');
  assert.is(data.rows.length, sampleRows(1, 4).length);
  assert.is(data.costs.length, sampleCosts(1, 4).length);
  assert.equal(data.remarks, []);
  assert.match(renderReport(data), /Slope per generation/);
});

test('a line torn by a stop is dropped and the run is called unfinished', async ({ dir }) => {
  const rows = sampleRows(1, 4).filter(
    (row) => row.kind !== 'summary' && !('arm' in row && row.arm === 'selected'),
  );
  writeRun(dir, `${lines(rows)}{"kind":"generation","se`);
  const data = await readRun(dir);
  assert.is(data.rows.length, rows.length);
  assert.match(data.remarks!.join(' '), /last line of metrics\.jsonl is incomplete/);
  assert.match(data.remarks!.join(' '), /unfinished: 17 of 21 generations/);
  assert.match(renderReport(data), /unfinished/);
});

test('bad files are named with what was expected', async ({ dir }) => {
  const failure = async (): Promise<string> => {
    try {
      await readRun(dir);
    } catch (error) {
      return (error as Error).message;
    }
    return 'nothing thrown';
  };
  const nothingThere = await Promise.all(Array.from({ length: 200 }, failure));
  for (const message of nothingThere)
    assert.match(message, /Expected a run's config\.json for dir but received/);
  writeRun(dir, '{"kind":"floor"\n{}\n');
  assert.match(
    await failure(),
    /Expected a JSON object for line 1 of metrics\.jsonl but received \{"kind":"floor"/,
  );
  writeRun(dir, '{"kind":"generation","seed":0,"arm":"a","generation":"x","metrics":{}}\n');
  assert.match(await failure(), /Expected a generation row for metrics\.jsonl but received/);
  writeRun(dir, '{"kind":"generation","seed":0,"arm":"a","generation":1,"metrics":{"fid":"8"}}\n');
  assert.match(await failure(), /Expected a generation row/);
  writeFileSync(join(dir, 'config.json'), '[1]');
  assert.match(await failure(), /Expected a JSON object for config\.json/);
});

test('a run without costs, and rows of a kind still unknown, are fine', async ({ dir }) => {
  writeRun(dir, `${lines(sampleRows(1, 4))}{"kind":"later","x":1}\n`);
  rmSync(join(dir, 'costs.jsonl'));
  const data = await readRun(dir);
  assert.equal(data.costs, []);
  assert.is(data.rows.length, sampleRows(1, 4).length);
});

test('what the loop itself writes is read and rendered', async ({ dir }) => {
  const settings = {
    regime: 'replace' as const,
    n: 20,
    generations: 3,
    seeds: [0, 1],
    gamma: 1,
    arms: ['baseline', 'uncorrected', 'placebo', 'corrected', 'selected'],
    evaluationCount: 40,
  };
  const rows = await runLoop(gaussianTask(), settings, { out: dir });
  const data = await readRun(dir);
  assert.equal(data.rows, rows);
  assert.equal(data.remarks, []);
  assert.is(data.costs.length, 2 * (1 + 5 * 3));
  const page = renderReport(data).replace(/<script[\s\S]*?<\/script>/g, '');
  assert.match(page, /task <i>gaussian<\/i>/);
  assert.match(page, /<b>Variance<\/b>/);
  assert.match(page, /probability 0\.500 \(γ = 1\)/);
  assert.not.match(page, /NaN|undefined/);
});

const FRAMES = 12;

function writeSamples(
  dir: string,
  arm: string | null,
  generation: number,
  entries: object[],
  count = entries.length,
): void {
  const path = join(dir, generationDirectory(0, arm, generation), 'samples', 'samples.json');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify({ fps: 20, motions: entries }));
  const joints = new Float32Array(count * FRAMES * 66);
  for (let i = 0; i < count; i++) joints.set(stickFigure(FRAMES, i * 0.1), i * FRAMES * 66);
  writeFileSync(path.replace('.json', '.npy'), writeNpy([count, FRAMES, 22, 3], joints));
}

test('samples of the last generation become motions, before and after together', async ({ dir }) => {
  const entry = { item: 7, label: 'walk', caption: 'a person walks', measures: { physErr: 31.5 } };
  writeSamples(dir, null, 0, [
    { ...entry, role: 'median', stage: 'real' },
    { ...entry, role: 'best', stage: 'evaluation' },
  ]);
  writeSamples(dir, 'corrected', 3, [{ ...entry, role: 'best', stage: 'evaluation' }]);
  writeSamples(dir, 'corrected', 4, [
    { ...entry, role: 'worst', stage: 'evaluation' },
    { ...entry, role: 'median', stage: 'before' },
    {
      ...entry,
      role: 'median',
      stage: 'after',
      measures: { physErr: 12 },
      status: 'ok',
      residualForce: 0.42,
    },
  ]);
  const motions = await readSamples(dir, sampleRows(1, 4));
  assert.equal(
    motions.map((motion) => [motion.group, motion.label, motion.note]),
    [
      ['corrected', 'worst', 'physical error 31.5 mm'],
      [
        'corrected',
        'median, trained on',
        'physical error 31.5 → 12.0 mm · ok · outside force 0.42 body weights',
      ],
      ['generation 0', 'best', 'physical error 31.5 mm'],
      ['real data', 'median', 'physical error 31.5 mm'],
    ],
  );
  // The third array of the file is the motion after, the second the one before.
  assert.ok(Math.abs(motions[1].joints[1] - (0.93 + 0.2)) < 1e-6);
  assert.ok(Math.abs(motions[1].before![1] - (0.93 + 0.1)) < 1e-6);
  assert.is(motions[1].joints.length, FRAMES * 66);
});

test('samples whose array does not fit their list are refused; none at all are fine', async ({ dir }) => {
  assert.equal(await readSamples(dir, sampleRows(1, 4)), []);
  writeSamples(dir, 'corrected', 4, [{ role: 'best', stage: 'evaluation', item: 0 }], 2);
  try {
    await readSamples(dir, sampleRows(1, 4));
    assert.unreachable();
  } catch (error) {
    assert.match(
      (error as Error).message,
      /Expected an array \[1, frames, 22, 3\] for .*samples\.npy but received \[2, 12, 22, 3\]/,
    );
  }
});

test.run();

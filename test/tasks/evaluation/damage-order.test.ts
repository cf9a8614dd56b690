import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { asDataset } from '../../../src/data/dataset.js';
import { proceduralMotions } from '../../../src/data/procedural/index.js';
import { METRICS } from '../../../src/metrics/index.js';
import { type DamageRow, damageTable } from '../../../src/tasks/motion/evaluation/damage-table.js';
import { contradictions, EXPECTATIONS } from '../../../src/tasks/motion/evaluation/expectations.js';
import { Judge } from '../../../src/tasks/motion/evaluation/judge.js';
import { chooseReal, cutWindows, FPS, stackWindows } from '../../../src/tasks/motion/windows.js';

const frames = 60;

test('built-in motions damaged in known ways: every metric sees what it claims to see, the more the worse, and nothing else', async () => {
  const dataset = asDataset(proceduralMotions({ count: 160 }), {
    shares: { val: 0, test: 0.3 },
    minimumPerClass: 4,
  });
  const cut = (split: 'train' | 'test') =>
    stackWindows(cutWindows(dataset, split, { frames, stride: 20, mirrored: true }), frames);
  const [train, test] = [cut('train'), cut('test')];
  const candidates = cutWindows(dataset, 'train', { frames, stride: 20, mirrored: false });
  const training = stackWindows(chooseReal(candidates, 32, 0), frames);
  const classes = dataset.classes.length;
  const count = 96;
  const judge = await Judge.open({ train, test, classes, frames, fps: FPS, count, steps: 60 });
  const rows = await damageTable({ judge, train, test, frames, fps: FPS, count, training });
  await judge.close();
  assert.equal(contradictions(rows), []);
  for (const { metrics } of rows) {
    assert.equal(Object.keys(metrics).sort(), Object.keys(METRICS).sort());
    assert.ok(Object.values(metrics).every(Number.isFinite));
  }
  // The learned evaluator knows actions of clips it has not seen: far above chance.
  const { metrics } = rows[0];
  assert.ok(metrics.rPrecision1 > 4 / classes, `top 1 ${metrics.rPrecision1} of ${classes} actions`);
  assert.ok(metrics.rPrecision1 <= metrics.rPrecision2 && metrics.rPrecision2 <= metrics.rPrecision3);
});

test('what contradicts an expectation is told; resting at the end of a scale does not', () => {
  const fall = { accuracy: 1, rPrecision1: 1, rPrecision2: 1, rPrecision3: 1 };
  const { stays = [] } = EXPECTATIONS.swapLabels;
  const same = Object.fromEntries(stays.map((name) => [name, 5]));
  const row = (strength: number, share: number, other: Record<string, number> = {}): DamageRow => ({
    damage: 'swapLabels',
    strength,
    metrics: {
      ...same,
      ...Object.fromEntries(Object.keys(fall).map((name) => [name, Math.max(0.2, 1 - share)])),
      matching: share,
      ...other,
    },
  });
  assert.equal(contradictions([row(0, 0), row(0.5, 0.5), row(0.8, 0.8), row(1, 1)]), []);
  assert.equal(contradictions([row(0, 0), row(1, 1, { fid: 5.1, matching: 0 })]), [
    'Expected matching to rise under swapLabels but received 0, 0',
    'Expected fid to stay under swapLabels but received 5, 5.1',
  ]);
  assert.equal(contradictions([row(0, 0), row(0.5, 0.5, { accuracy: 0.1 }), row(1, 1)]), [
    'Expected accuracy to fall under swapLabels but received 1, 0.1, 0.2',
  ]);
});

test.run();

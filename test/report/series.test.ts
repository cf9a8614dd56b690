import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Row } from '../../src/loop/layout.js';
import { orderArms, orderMetrics, presentation } from '../../src/report/catalogue.js';
import { floorOf, noiseOf, seriesOf, shownGenerations, slopesOf, sortRun } from '../../src/report/series.js';

const generation = (seed: number, arm: string | null, number: number, fid: number): Row => ({
  kind: 'generation',
  seed,
  arm,
  generation: number,
  loss: 1,
  metrics: { fid },
});

const run = (rows: Row[]) => sortRun({ title: '', config: {}, rows, costs: [], motions: [] });

test('an arm starts at the shared generation 0 and averages over seeds', () => {
  const data = run([
    generation(0, null, 0, 8),
    generation(1, null, 0, 10),
    generation(0, 'corrected', 1, 12),
    generation(1, 'corrected', 1, 16),
  ]);
  const [series] = seriesOf(data, (row) => row.metrics.fid);
  assert.equal(
    series.points.map((point) => point.mean),
    [9, 14],
  );
  assert.is(series.points[1].deviation.toFixed(6), Math.sqrt(8).toFixed(6));
  // t(1) at 95 % is 12.7062, the standard error of 12 and 16 is 2.
  assert.is(series.points[1].half.toFixed(3), (12.7062047 * 2).toFixed(3));
  assert.equal(series.points[1].values, [12, 16]);
  assert.is(data.last, 1);
});

test('a seed without a value leaves the mean to the others', () => {
  const data = run([
    generation(0, null, 0, 8),
    generation(1, null, 0, 10),
    generation(1, 'corrected', 1, 16),
  ]);
  const point = seriesOf(data, (row) => row.metrics.fid)[0].points[1];
  assert.is(point.mean, 16);
  assert.is(point.deviation, 0);
});

test('a generation that was repeated after a stop counts once, with its last values', () => {
  const data = run([
    generation(0, null, 0, 8),
    generation(0, 'corrected', 1, 12),
    generation(0, 'corrected', 1, 13),
  ]);
  assert.is(data.generations.length, 2);
  assert.is(seriesOf(data, (row) => row.metrics.fid)[0].points[1].mean, 13);
});

test('a long run shows so many generations that a chart can tell them apart, with the first and the last', () => {
  assert.equal(shownGenerations(4), [0, 1, 2, 3, 4]);
  const shown = shownGenerations(500);
  assert.ok(shown.length <= 152 && shown[0] === 0 && shown.at(-1) === 500);
  assert.is(new Set(shown).size, shown.length);
});

test('floors are averaged over seeds, noise is the root mean square of the spreads', () => {
  const data = run([
    generation(0, null, 0, 8),
    { kind: 'floor', seed: 0, count: 128, metrics: { fid: 4 }, spread: { fid: 0.3 } },
    { kind: 'floor', seed: 1, count: 128, metrics: { fid: 6 }, spread: { fid: 0.5 } },
    { kind: 'noise', seed: 0, repeats: 4, count: 128, metrics: { fid: 8 }, spread: { fid: 0.6 } },
    { kind: 'noise', seed: 1, repeats: 4, count: 128, metrics: { fid: 9 }, spread: { fid: 0.8 } },
  ]);
  assert.is(floorOf(data, 'fid')?.mean, 5);
  assert.is(noiseOf(data, 'fid')?.toFixed(6), Math.sqrt((0.36 + 0.64) / 2).toFixed(6));
  assert.is(noiseOf(data, 'recall'), undefined);
});

test('slopes are the mean over seeds where there is one', () => {
  const slope = (seed: number | null, value: number): Row => ({
    kind: 'summary',
    seed,
    arm: 'a',
    metric: 'fid',
    slope: value,
    interval: [0, 1],
    generations: [0, 2],
  });
  assert.equal(
    slopesOf(run([slope(0, 1), slope(1, 3)]), 'fid', 'a').map((row) => row.slope),
    [1, 3],
  );
  assert.equal(
    slopesOf(run([slope(0, 1), slope(1, 3), slope(null, 2)]), 'fid', 'a').map((row) => row.slope),
    [2],
  );
});

test('arms and metrics have a fixed order; an arm keeps its colour whichever others ran', () => {
  assert.equal(orderArms(['selected', 'uncorrected', 'own']), [
    { arm: 'uncorrected', colour: 1 },
    { arm: 'selected', colour: 4 },
    { arm: 'own', colour: 11 },
  ]);
  // The variants of a kind stand with it, and 24 arms have 24 colour numbers.
  const variants = orderArms(['restored', 'corrected@gamma=1', 'baseline', 'corrected']);
  assert.equal(
    variants.map(({ arm }) => arm),
    ['baseline', 'corrected@gamma=1', 'corrected', 'restored'],
  );
  const many = orderArms(Array.from({ length: 24 }, (_, i) => (i === 0 ? 'corrected' : `own${i}`)));
  assert.is(new Set(many.map(({ colour }) => colour)).size, 24);
  assert.equal(orderMetrics(['w2', 'skate', 'fid']), ['fid', 'skate', 'w2']);
  assert.is(presentation('physErr').unit, 'mm');
  assert.is(presentation('rootSpeed').name, 'Root speed');
  assert.is(presentation('constructor').name, 'Constructor');
});

test.run();

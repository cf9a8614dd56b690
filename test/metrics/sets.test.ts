import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ActionClassifier } from '../../src/metrics/classifier.js';
import {
  coverage,
  diversity,
  nearestDistance,
  precisionRecall,
  withinDiversity,
} from '../../src/metrics/neighbours.js';
import type { Table } from '../../src/metrics/table.js';
import { Random } from '../../src/random/random.js';

const line = (...data: number[]): Table => ({ rows: data.length, columns: 1, data: Float64Array.from(data) });
const close = (actual: number, expected: number, tolerance = 1e-12): void =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);

test('precision and recall of points on a line, by hand', () => {
  // Real 0 1 2 3, k = 1: every radius is 1. Samples 0.5 and 9, radius 8.5 both.
  const { precision, recall } = precisionRecall(line(0, 1, 2, 3), line(0.5, 9), 1);
  close(precision, 0.5);
  close(recall, 1);
  // Samples 5, 5.1, 5.2: no real point within 0.1 of them, and 5 is 2 from 3.
  assert.equal(precisionRecall(line(0, 1, 2, 3), line(5, 5.1, 5.2), 1), { precision: 0, recall: 0 });
  // Samples in the middle of the real ones: precise, but they recall little.
  assert.equal(precisionRecall(line(0, 1, 2, 3), line(1.4, 1.5, 1.6), 1), { precision: 1, recall: 0 });
});

test('k = 3: the same set has precision and recall 1, a mode that is dropped costs its share of recall', () => {
  const random = new Random('modes');
  const cluster = (centre: number): number[] => Array.from({ length: 50 }, () => centre + random.normal());
  const real = line(...cluster(0), ...cluster(100));
  assert.equal(precisionRecall(real, real), { precision: 1, recall: 1 });
  const { precision, recall } = precisionRecall(real, line(...cluster(0)));
  assert.ok(precision > 0.9 && recall > 0.4 && recall <= 0.5, `${precision} ${recall}`);
});

test('coverage of points on a line, by hand; scattered samples raise recall and not coverage', () => {
  // Real 0 1 2 3, k = 1: every radius is 1, and a sample at 1 away is not within it.
  close(coverage(line(0, 1, 2, 3), line(0.5, 9), 1), 0.5);
  close(coverage(line(0, 1, 2, 3), line(-1, 4), 1), 0);
  close(coverage(line(0, 1, 2, 3), line(1.5), 1), 0.5);
  close(coverage(line(0, 1, 2, 3), line(0, 1, 2, 3), 1), 1);
  // Fewer real points than k: the farthest of them.
  close(coverage(line(0, 1), line(0.9), 5), 1);
  const scattered = line(-30, 0.5, 9, 40);
  close(precisionRecall(line(0, 1, 2, 3), scattered, 1).recall, 1);
  close(coverage(line(0, 1, 2, 3), scattered, 1), 0.5);
});

test('diversity, diversity within labels and nearest training distance, by hand', () => {
  close(diversity(line(0, 3, 6)), 4);
  close(diversity(line(5)), 0);
  // Label 0: 0 and 4; label 1: 10, 11 and 12; label 2 has one sample and does not count.
  close(withinDiversity(line(0, 4, 10, 11, 12, 99), [0, 0, 1, 1, 1, 2]), (4 + 4 / 3) / 2);
  close(nearestDistance(line(1, 9), line(0, 10, 12)), 1);
  close(nearestDistance(line(0, 10), line(0, 10, 12)), 0);
});

test('the classifier learns separable classes, falls to chance on random labels, and its loss never rises', () => {
  const random = new Random('classes');
  const rows = 300;
  const table: Table = { rows, columns: 5, data: new Float64Array(rows * 5) };
  const labels = Int32Array.from({ length: rows }, (_, i) => i % 3);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < 5; j++) table.data[i * 5 + j] = random.normal() + (j === labels[i] ? 4 : 0);
  const train = { rows: 200, columns: 5, data: table.data.subarray(0, 1000) };
  const held = { rows: 100, columns: 5, data: table.data.subarray(1000) };
  const good = ActionClassifier.fit(train, labels, 3);
  assert.ok(good.accuracy(held, labels.subarray(200)) > 0.93);
  for (let k = 1; k < good.losses.length; k++) assert.ok(good.losses[k] <= good.losses[k - 1]);
  close(good.losses[0], Math.log(3), 1e-9);
  const shuffled = Int32Array.from({ length: rows }, () => random.integer(3));
  const chance = ActionClassifier.fit(train, shuffled, 3).accuracy(held, shuffled.subarray(200));
  assert.ok(chance < 0.55, `${chance}`);
});

test('two classes on a line: the boundary lies where the fit is balanced', () => {
  const table = line(-3, -2, -1, 1, 2, 3);
  const classifier = ActionClassifier.fit(table, [0, 0, 0, 1, 1, 1], 2);
  assert.equal([...classifier.predict(line(-5, -0.2, 0.2, 5))], [0, 0, 1, 1]);
});

test.run();

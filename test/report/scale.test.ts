import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { formatSeconds } from '../../src/report/bars.js';
import { placeLabel, spreadLabels } from '../../src/report/labels.js';
import {
  formatEstimate,
  formatSpread,
  formatValue,
  linearScale,
  logScale,
  niceTicks,
} from '../../src/report/scale.js';

test('ticks are 1, 2 or 5 times a power of ten and lie inside', () => {
  assert.equal(niceTicks(0, 1, 5), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  assert.equal(niceTicks(3, 41, 5), [10, 20, 30, 40]);
  assert.equal(niceTicks(-0.3, 0.3, 3), [-0.2, 0, 0.2]);
});

test('a linear scale maps its domain onto the pixels', () => {
  const scale = linearScale(0.7, 34, 200, 10);
  assert.equal(scale.domain, [0, 40]);
  assert.is(scale.at(0), 200);
  assert.is(scale.at(40), 10);
  assert.is(scale.at(20), 105);
});

test('values that differ by rounding alone still get an axis', () => {
  const scale = linearScale(0.99, 0.99 + 2e-16, 100, 0);
  assert.ok(scale.ticks.length >= 2 && scale.ticks.length < 20);
  assert.ok(scale.at(0.99) > 10 && scale.at(0.99) < 90);
});

test('a logarithmic scale puts equal ratios at equal distances', () => {
  const scale = logScale(4, 400, 300, 0);
  assert.ok(Math.abs(scale.at(4) - scale.at(40) - (scale.at(40) - scale.at(400))) < 1e-9);
  assert.ok(scale.ticks.every((tick) => tick >= scale.domain[0] && tick <= scale.domain[1]));
  assert.ok(scale.ticks.length >= 3);
});

test('numbers keep three digits, spreads two', () => {
  assert.equal([0, 0.01234, 1.234, 12.34, 123.4, 1234.5, -0.5, Number.NaN].map(formatValue), [
    '0',
    '0.0123',
    '1.23',
    '12.3',
    '123',
    '1235',
    '−0.500',
    '–',
  ]);
  assert.equal([0.0512, 0.5, 9, 12.4, 0].map(formatSpread), ['0.051', '0.50', '9.0', '12', '0']);
  assert.equal([0.00312, 0.4, 12.34, 245, 7860].map(formatSeconds), [
    '3.1 ms',
    '0.40 s',
    '12.3 s',
    '4 min 05 s',
    '2 h 11 min',
  ]);
});

test('an estimate shows the digits that its interval leaves', () => {
  assert.equal(formatEstimate(-0.00917, [-0.0275, 0.00917]), {
    value: '−0.009',
    low: '−0.028',
    high: '0.009',
  });
  assert.equal(formatEstimate(-26.82, [-30.12, -23.4]), { value: '−26.8', low: '−30.1', high: '−23.4' });
  assert.equal(formatEstimate(-0.001, [-1, 1]), { value: '0.0', low: '−1.0', high: '1.0' });
  assert.equal(formatEstimate(2, [2, 2]), { value: '2.00', low: '2.00', high: '2.00' });
});

test('labels keep apart and stay inside', () => {
  const placed = spreadLabels([50, 52, 51, 98], 15, 0, 100);
  const sorted = [...placed].sort((a, b) => a - b);
  for (let i = 1; i < sorted.length; i++) assert.ok(sorted[i] - sorted[i - 1] >= 15 - 1e-9);
  assert.ok(sorted[0] >= 0 && sorted[3] <= 100);
  assert.ok(placed[0] < placed[2] && placed[2] < placed[1], 'in the order of their lines');
});

test('the name of a level goes where no line runs', () => {
  const bounds = { left: 40, right: 380, top: 10, bottom: 180 };
  const rising = [
    [40, 100],
    [380, 90],
  ] as const;
  const place = placeLabel(100, 'real 4.10', [rising], bounds);
  assert.ok(place.y > 100, 'under the level, since the line runs over it');
});

test.run();

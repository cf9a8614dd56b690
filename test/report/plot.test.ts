import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { forest } from '../../src/report/forest.js';
import { plot } from '../../src/report/plot.js';
import type { Series } from '../../src/report/series.js';

const series = (colour: number, means: number[], values = means.map((mean) => [mean])): Series => ({
  arm: `arm${colour}`,
  colour,
  points: means.map((mean, generation) => ({
    generation,
    mean,
    deviation: 1,
    half: 1,
    values: values[generation],
  })),
});

const draw = (lines: Series[], more: object = {}): string =>
  plot({ title: 't', unit: 'mm', meaning: '', series: lines, ...more }).text;

/** Heights of the value axis's labels by their text. */
const ticks = (text: string): Map<string, number> =>
  new Map(
    [...text.matchAll(/<text x="38" y="([\d.]+)" text-anchor="end">([^<]+)</g)].map((match) => [
      match[2],
      Number(match[1]) - 3.6,
    ]),
  );

/** Points of the line of a colour. */
function line(text: string, colour: number): [number, number][] {
  const group = text.slice(text.indexOf(`<g class="arm c${colour}"`));
  const path = group.match(/<path class="line" d="([^"]+)"/)![1];
  return [...path.matchAll(/[ML]([\d.]+) ([\d.]+)/g)].map((match) => [Number(match[1]), Number(match[2])]);
}

test('a value lies at the height of its tick and generations are evenly spread', () => {
  const text = draw([series(0, [10, 20, 30]), series(1, [30, 20, 10])]);
  const heights = ticks(text);
  const points = line(text, 0);
  ['10', '20', '30'].forEach((label, i) => {
    assert.ok(Math.abs(points[i][1] - heights.get(label)!) < 0.2, label);
  });
  assert.ok(Math.abs(points[1][0] - (points[0][0] + points[2][0]) / 2) < 0.2);
  assert.ok(Math.abs(line(text, 1)[2][1] - heights.get('10')!) < 0.2);
});

test('wide values get a logarithmic axis only where it is allowed, and say so', () => {
  const wide = [series(0, [1, 10, 100])];
  assert.match(draw(wide, { wide: true }), /mm, log scale/);
  assert.not.match(draw(wide), /log scale/);
  const points = line(draw(wide, { wide: true }), 0);
  assert.ok(Math.abs(points[0][1] - 2 * points[1][1] + points[2][1]) < 0.3, 'equal ratios, equal steps');
});

test('bands and seeds are left out where too many arms share a chart, unless they are asked for', () => {
  const many = (count: number): Series[] =>
    Array.from({ length: count }, (_, i) => series(i, [10 + i, 20 + i]));
  const bands = (text: string): number => text.match(/class="band"/g)?.length ?? 0;
  assert.is(bands(draw(many(6), { noise: 5 })), 6);
  assert.is(bands(draw(many(7), { noise: 5 })), 0);
  assert.is(bands(draw(many(7), { noise: 5, bands: true })), 7);
});

test('other arms behind one, and what was measured under what was smoothed', () => {
  const text = draw([series(0, [10, 20])], { context: [series(1, [5, 40])], raw: [series(0, [12, 18])] });
  assert.is(text.match(/class="context"/g)?.length, 1);
  assert.is(text.match(/class="raw"/g)?.length, 1);
  assert.ok(ticks(text).has('40'), 'the axis holds the others');
});

test('the band of one seed is the noise of an evaluation, that of several the confidence interval of their mean', () => {
  const band = (text: string): string => text.match(/<path class="band" d="([^"]+)"/)?.[1] ?? '';
  assert.is(band(draw([series(0, [10, 20, 30])])), '');
  const noisy = draw([series(0, [10, 20, 30])], { noise: 5 });
  const [, top] = band(noisy).match(/^M[\d.]+ ([\d.]+)/)!;
  assert.ok(Math.abs(Number(top) - (ticks(noisy).get('10')! + ticks(noisy).get('20')!) / 2) < 0.2);
  assert.is.not(
    band(
      draw([
        series(
          0,
          [10, 20],
          [
            [9, 11],
            [19, 21],
          ],
        ),
      ]),
    ),
    '',
  );
  assert.match(noisy, /± 5\.0/);
});

test('a closed form lies on the same axis, and widens it', () => {
  const text = draw([series(0, [10, 20, 30])], { theory: [series(0, [20, 40, 60])] });
  const path = text.match(/<path class="theory" d="M[\d.]+ ([\d.]+)L[\d.]+ ([\d.]+)L[\d.]+ ([\d.]+)"/)!;
  const heights = ticks(text);
  assert.ok(Math.abs(Number(path[1]) - heights.get('20')!) < 0.2);
  assert.ok(Math.abs(Number(path[3]) - heights.get('60')!) < 0.2);
});

test('many seeds are not drawn one by one', () => {
  const seeds = (count: number): string =>
    draw([
      series(
        0,
        [1, 2],
        [1, 2].map((mean) => Array.from({ length: count }, (_, i) => mean + i / 100)),
      ),
    ]);
  assert.is(seeds(10).match(/class="seed"/g)?.length, 10);
  assert.is(seeds(11).match(/class="seed"/g), null);
});

test('no band leaves its chart', () => {
  const text = draw([series(0, [0.5, 0.2, 0])], { noise: 3, floor: { mean: 0, spread: 0 } });
  const [low, high] = [ticks(text).get('0')!, 10];
  const path = text.match(/<path class="band" d="([^"]+)"/)![1];
  for (const match of path.matchAll(/[ML][\d.]+ (-?[\d.]+)/g)) {
    assert.ok(Number(match[1]) >= high - 0.2 && Number(match[1]) <= Math.max(low, 180) + 0.2);
  }
});

test('a gap in a seed leaves a shorter line, not a wrong one', () => {
  const text = draw([
    series(
      0,
      [10, 20, 30],
      [
        [10, 10],
        [20, Number.NaN],
        [30, 30],
      ],
    ),
  ]);
  const seeds = [...text.matchAll(/<path class="seed" d="([^"]+)"/g)].map(
    (match) => match[1].match(/[ML]/g)!.length,
  );
  assert.equal(seeds, [3, 2]);
});

test('an interval is drawn from its low to its high end around the slope', () => {
  const text = forest('FID', '', [
    {
      arm: 'a',
      colour: 1,
      slopes: [
        {
          kind: 'summary',
          seed: 0,
          arm: 'a',
          metric: 'fid',
          slope: 1,
          interval: [-1, 3],
          generations: [0, 9],
        },
      ],
    },
  ]).text;
  const [, low, high] = text.match(/class="line" d="M([\d.]+) [\d.]+H([\d.]+)M/)!.map(Number);
  const dot = Number(text.match(/<circle class="dot" cx="([\d.]+)"/)![1]);
  const zero = Number(text.match(/class="zero" d="M([\d.]+) /)![1]);
  assert.ok(Math.abs(dot - (low + high) / 2) < 0.2);
  assert.ok(Math.abs(zero - (low + (high - low) / 4)) < 0.2);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Row } from '../../src/loop/layout.js';
import { nearestShown } from '../../src/report/client/charts.js';
import { renderReport } from '../../src/report/index.js';
import { sampleData } from './sample.js';

const theory = (arm: string, pass: boolean | undefined): Row => ({
  kind: 'theory',
  arm,
  metric: 'fid',
  name: `a <b> formula of ${arm}`,
  source: 'Somebody 2024',
  of: 'mean',
  values: [8, 9, 10, 11, 12],
  expected: 12,
  measured: 12.5,
  error: 0.4,
  seeds: 3,
  pass,
});
const alarm = (seed: number, generation: number): Row => ({
  kind: 'alarm',
  sign: 'change point',
  seed,
  arm: 'uncorrected',
  metric: 'fid',
  generation,
  shift: 9,
  p: 0.0005,
});

function page(): string {
  const data = sampleData(3, 4);
  data.motions = [];
  data.rows.push(
    theory('corrected', true),
    theory('uncorrected', false),
    theory('placebo', undefined),
    alarm(0, 2),
    alarm(2, 4),
    { kind: 'alarm', sign: 'rate', seed: null, arm: 'selected', metric: 'fid', rate: 1.25 },
    { kind: 'contraction', arm: 'selected', metric: 'fid', rate: 1.25, interval: [1.1, 1.4], seeds: 3 },
  );
  data.provenance = [
    {
      arm: 'corrected',
      generation: 4,
      model: 'a'.repeat(64),
      drawnFrom: 'b'.repeat(64),
      count: 64,
      corrector: 'physics',
      corrected: 31,
    },
  ];
  return renderReport(data).replace(/<script[\s\S]*?<\/script>/g, '');
}

test('closed forms: a verdict each, a line in the chart of their metric and no other', () => {
  const text = page();
  const table = text.slice(text.indexOf('<h2>Against theory'), text.indexOf('<h2>Slope'));
  const rows = table.split('<tr>').slice(2);
  assert.equal(
    rows.map((row) => [row.match(/^<th>(\w+)/)?.[1], row.match(/(agrees|differs|too few seeds)</)?.[1]]),
    [
      ['corrected', 'agrees'],
      ['uncorrected', 'differs'],
      ['placebo', 'too few seeds'],
    ],
  );
  assert.match(table, /a &lt;b&gt; formula/);
  const figures = text.split('<figure class="plot').filter((figure) => figure.includes('class="theory"'));
  assert.is(figures.length, 2, 'the first chart in its two sizes');
  for (const figure of figures) assert.is(figure.match(/class="theory"/g)?.length, 3);
});

test('alarms are summed over seeds, rates have their intervals', () => {
  const text = page();
  assert.match(
    text,
    /<b>uncorrected<\/b>: Kinetic FID changes for the worse in 2 of 3 seeds, about generation 4/,
  );
  assert.match(text, /<b>selected<\/b>: Kinetic FID grows by itself: ×1\.25 per generation/);
  assert.match(text, /<div>1\.25 <span class="soft">\[1\.10, 1\.40\]<\/span><\/div>/);
});

test('provenance names models by their hash; differences have their tests', () => {
  const text = page();
  assert.match(text, /<code title="a{64}">a{10}<\/code><\/td><td><code title="b{64}">/);
  assert.match(text, /<td>physics<\/td><td>31<\/td>/);
  assert.match(text, /<td>1 of 3<\/td><td>1\.0<\/td><td>0\.20<\/td><td>0\.25<\/td>/);
});

test('the pointer reads the nearest generation that is shown', () => {
  const readout = {
    series: [{ arm: 'a', colour: 0, points: [0, 4, 8].map((g): [number, string] => [g, '']) }],
  };
  assert.equal(
    [0, 1, 3, 7, 8].map((generation) => nearestShown(readout, generation)),
    [0, 0, 4, 8, 8],
  );
});

test.run();

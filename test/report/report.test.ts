import vm from 'node:vm';
import { gunzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { clientScript, linkClient, threeSources } from '../../src/report/bundle.js';
import { renderReport, renderViewer } from '../../src/report/index.js';
import { ARMS, sampleData, sampleMotions } from './sample.js';

const NASTY = '<script>alert(1)</script><img src=x onerror=alert(2)>"\'';

/** The page without what is embedded from three.js. */
const withoutThree = (page: string): string =>
  page.replace(/<script type="text\/plain"[\s\S]*?<\/script>/g, '');

const withoutScripts = (page: string): string => page.replace(/<script[\s\S]*?<\/script>/g, '');

test('a report holds every arm, metric and section', () => {
  const page = withoutThree(renderReport(sampleData(1, 6)));
  for (const arm of ARMS) assert.ok(page.includes(`>${arm}</`), arm);
  for (const heading of [
    'Results at the last generation',
    'Over the generations',
    'Slope per generation',
    'Samples',
    'Correction and selection',
    'Cost',
    'Configuration',
  ]) {
    assert.ok(page.includes(`<h2>${heading}</h2>`), heading);
  }
  const charts = page.match(/<figure class="plot[^>]*data-plot=/g)!;
  assert.ok(charts.length >= 12, `${charts.length} charts`);
  // Every metric's chart has a line for each of the five arms and the dashed line of real data.
  const recall = page.slice(page.indexOf('<b>Recall</b>'));
  const drawing = recall.slice(0, recall.indexOf('</svg>'));
  assert.is(drawing.match(/<path class="line"/g)?.length, ARMS.length);
  assert.match(drawing, /real 0\.930/);
});

test('values, noise and slopes stand beside the floor', () => {
  const data = sampleData(1, 6);
  const page = renderReport(data);
  const table = page.slice(page.indexOf('<table class="results">'), page.indexOf('</table>'));
  const row = table.slice(table.indexOf('Kinetic FID'), table.indexOf('Recall'));
  assert.match(row, /4\.10<small>± 0\.50/); // floor
  assert.match(row, /8\.60<small>± 0\.50/); // generation 0 with the noise of one evaluation
  const slope = (31 - 8.6) / 6;
  assert.ok(row.includes(`+${slope.toFixed(2)}`), 'slope of the uncorrected arm');
});

test('one seed is called one seed; several get their spread', () => {
  assert.match(renderReport(sampleData(1, 6)), /One seed proves little/);
  const page = renderReport(sampleData(3, 6));
  assert.not.match(page, /prove[s]? little/);
  assert.match(page, /mean over 3 seeds/);
  assert.match(page, /Paired over seeds/);
});

test('no caption, name, note or setting becomes markup', () => {
  const data = sampleData(1, 3);
  data.title = NASTY;
  data.remarks = [NASTY];
  data.config = { task: { name: NASTY }, config: { [NASTY]: NASTY } };
  for (const row of data.rows) if ('arm' in row && row.arm === 'corrected') row.arm = NASTY;
  for (const row of data.costs) if (row.arm === 'corrected') row.arm = NASTY;
  data.motions = data.motions.map((motion) => ({
    ...motion,
    group: NASTY,
    label: NASTY,
    caption: NASTY,
    note: NASTY,
  }));
  const page = withoutThree(renderReport(data));
  assert.not.match(page, /<script>alert|<img/);
  assert.ok(page.includes('&lt;script&gt;alert(1)'));
  const viewer = renderViewer({
    title: NASTY,
    text: NASTY,
    motions: data.motions,
    table: { columns: [{ name: NASTY }], rows: [{ cells: [NASTY], motion: 0 }] },
  });
  assert.not.match(withoutThree(viewer), /<script>alert|<img/);
});

test('a report of five arms with three samples each stays far under 3 MB and is the same every time', () => {
  const data = sampleData(1, 10);
  const page = renderReport(data);
  assert.ok(page.length < 1_500_000, `${page.length} bytes`);
  assert.is(renderReport(data), page);
});

test('the page fetches nothing: no address in it is loaded, and a policy forbids it', () => {
  const page = withoutThree(renderReport(sampleData(1, 3)));
  assert.not.match(page, /(src|href)="(?!data:,)/);
  assert.not.match(page, /@import|url\(/);
  assert.match(page, /default-src &#39;none&#39;/);
});

test('runs that lack parts still give a page', () => {
  const data = sampleData(1, 4);
  data.rows = data.rows.filter((row) => row.kind === 'generation');
  data.costs = [];
  data.motions = [];
  const page = renderReport(data);
  assert.not.match(withoutScripts(page), /NaN|undefined|Infinity/);
  assert.not.match(page, /id="three-core"/);
  data.rows = data.rows.filter((row) => row.kind === 'generation' && row.arm === null);
  assert.match(renderReport(data), /Results/);
  data.rows = [];
  assert.throws(() => renderReport(data), /Expected at least one generation row for rows but received none/);
});

test('a run of another task has neither motion nor physics in it', () => {
  const data = sampleData(1, 4);
  data.motions = [];
  data.config = { task: { name: 'gaussian' }, config: { regime: 'replace', n: 50, lambda: 1 } };
  for (const row of data.rows)
    if (row.kind === 'generation') row.metrics = { w2: row.metrics.fid, variance: 0.5 };
  data.rows = data.rows.filter((row) => row.kind === 'generation');
  const page = renderReport(data);
  const lead = page.slice(page.indexOf('<p class="lead">'), page.indexOf('<h2>'));
  assert.not.match(lead, /physics|humanoid|motion/);
  assert.match(lead, /its newest samples alone/);
  assert.match(page, /<b>W2<\/b>/);
});

test('numbers of a diverged run do not break the charts', () => {
  const data = sampleData(1, 4);
  for (const row of data.rows) {
    if (row.kind === 'generation' && row.arm === 'uncorrected' && row.generation > 2)
      row.metrics.fid = null as unknown as number;
  }
  const page = renderReport(data);
  assert.not.match(withoutScripts(page), /NaN|undefined/);
});

test('a viewer page needs no table, and a table may not point beside the motions', () => {
  const motions = sampleMotions().slice(0, 2);
  assert.match(renderViewer({ title: 'x', motions }), /id="viewer"/);
  assert.match(renderViewer({ title: 'x', motions: [] }), /no motion to show/);
  const table = {
    columns: [{ name: 'float', unit: 'mm', better: 'lower' as const }],
    rows: [{ cells: [{ before: 20, after: 5 }], motion: 1 }, { cells: [{ before: 5, after: 20 }] }],
  };
  const page = renderViewer({ title: 'x', motions, table });
  assert.match(page, /data-motion="1"/);
  assert.match(
    renderViewer({
      title: 'x',
      motions,
      table: { ...table, rows: [{ cells: ['a', { before: 1, after: 2 }] }] },
    }),
    /→/,
  );
  assert.throws(
    () => renderViewer({ title: 'x', motions, table: { ...table, rows: [{ cells: [], motion: 2 }] } }),
    /Expected an index below 2 for table row motion but received 2/,
  );
});

test('the linked script is one valid module without imports', () => {
  const script = clientScript();
  assert.not.match(script, /^(import|export) /m);
  new vm.Script(script); // a name declared in two files would be a syntax error here
  assert.throws(() => linkClient(() => "import x from 'somewhere';\n"), /import only each other/);
  assert.throws(() => linkClient(() => 'const a = "</script>";\n'), /script/);
});

test('three.js travels complete, with its licence', () => {
  const text = (packed: string): string => gunzipSync(Buffer.from(packed, 'base64')).toString();
  const { core, module } = threeSources();
  assert.match(text(core), /Copyright 2010-\d+ Three\.js Authors\s+\* SPDX-License-Identifier: MIT/);
  assert.match(text(module), /SPDX-License-Identifier: MIT/);
  assert.match(text(module), /from '\.\/three\.core\.js'/);
  assert.ok(core.length + module.length < 500_000);
});

test.run();

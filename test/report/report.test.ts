import vm from 'node:vm';
import { gunzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { clientScript, linkClient, threeSources } from '../../src/report/bundle.js';
import { renderReport, renderViewer } from '../../src/report/index.js';
import { ARMS, judgement, manyArms, sampleData, sampleMotions } from './sample.js';

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
  data.prompts = undefined;
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

test('generations between two evaluations: lines join over the gaps, the last evaluated one is the result', () => {
  const data = sampleData(2, 20);
  for (const row of data.rows) if (row.kind === 'generation' && row.generation % 5 !== 0) row.metrics = {};
  // An arm that is still under way, between two evaluations.
  data.rows = data.rows.filter(
    (row) => !(row.kind === 'generation' && row.arm === 'placebo' && row.generation > 17),
  );
  const page = withoutScripts(renderReport(data));
  assert.not.match(page, /NaN|undefined/);
  const chart = page.slice(page.indexOf('<b>Recall</b>'));
  const line = chart.match(/<path class="line" d="([^"]*)"/)![1];
  assert.is(line.match(/[ML]/g)?.length, 5, 'one line through the five evaluations');
  const table = page.slice(page.indexOf('<table class="results">'), page.indexOf('</table>'));
  assert.match(table, /placebo<small>generation 15/);
  assert.match(table, /corrected<small>generation 20/);
});

test('claims come first, each with its verdict, what was measured, and every seed', () => {
  const data = sampleData(3, 6);
  data.judgement = judgement(data.rows);
  const page = withoutScripts(renderReport(data));
  const section = page.slice(
    page.indexOf('<h2>What was claimed beforehand'),
    page.indexOf('<h2>Results at the last'),
  );
  assert.match(section, /slope of fid: baseline &lt; corrected &lt; uncorrected in 2 of 3 seeds/);
  assert.is(section.match(/class="verdict met">met</g)?.length, 1);
  assert.is(section.match(/class="verdict missed">missed</g)?.length, 1);
  assert.is(section.match(/class="verdict open">not decidable</g)?.length, 1);
  assert.match(section, /the arm cleaned did not run|3 of 5 seeds are there/);
  assert.match(section, /Run with changes to the protocol: generations: 50 -&gt; 6/);
  assert.not.match(section, /no pre-registration/);
  data.judgement.beforeResults = false;
  assert.match(renderReport(data), /they are no pre-registration/);
});

test('a dozen arms and more: a line an arm in the table, a chart an arm, a colour number each', () => {
  const data = manyArms(17, 10);
  const page = withoutScripts(renderReport(data));
  const table = page.slice(page.indexOf('<table class="results">'), page.indexOf('</table>'));
  assert.is(table.match(/<tr>/g)?.length, 1 + 1 + 1 + 17, 'head, real data, generation 0, arms');
  const multiples = page.slice(
    page.indexOf('Kinetic FID, arm by arm'),
    page.indexOf('As the paper plots them'),
  );
  assert.is(multiples.match(/<figure/g)?.length, 17);
  assert.is(multiples.match(/class="context"/g)?.length, 17 * 16);
  const toggles = [...page.matchAll(/data-toggle-arm="(\d+)"/g)].map(([, colour]) => colour);
  assert.is(new Set(toggles).size, 17);
});

test('cost: per generation whatever a unit holds, with the share of the correction', () => {
  const data = sampleData(1, 4);
  data.costs = [
    { seed: 0, arm: 'corrected', generation: 2, train: 18, correct: 2 },
    { seed: 0, arm: 'corrected', generation: 4, train: 18, correct: 2 },
  ];
  const page = renderReport(data);
  const section = page.slice(page.indexOf('<h2>Cost'), page.indexOf('<h2>Configuration'));
  assert.match(section, /<td>1\.00<\/td><td>9\.00<\/td><td>10\.0<\/td><td>10\.0 %<\/td><td>4<\/td>/);
});

test('whether the generator itself becomes more physical: first and last of error, force and displacement', () => {
  const page = renderReport(sampleData(1, 6));
  const section = page.slice(page.indexOf('more physical by itself'), page.indexOf('<h2>Correction and'));
  const row = section.slice(section.lastIndexOf('corrected</th>'));
  assert.match(
    row,
    /<td>39\.0 → <b>1[67]\.\d<\/b><\/td><td>0\.440 → <b>0\.390<\/b><\/td><td>44\.0 → <b>39\.0/,
  );
});

test('contraction: measured rate and limit beside what the theorem promises at best', () => {
  const data = sampleData(1, 30);
  for (const row of data.rows)
    if (row.kind === 'generation') {
      const rate = row.arm === 'uncorrected' ? 0.9 : 0.5;
      row.metrics.fid = 30 - 20 * rate ** row.generation;
    }
  const section = renderReport(data).split('Contraction rate</h3>')[1];
  const cells = (arm: string): string =>
    section.slice(section.indexOf(`<tr><th>${arm}</th>`)).split('</tr>')[0];
  assert.match(cells('uncorrected'), /<td>0\.9[\d.]*, to 30\.0<\/td>.*<td>no promise<\/td>$/);
  // lambda 1, gamma 1: rho is infinite. With lambda 1/4: rho = 1/3, halved by gamma = 1.
  assert.match(cells('corrected'), /<td>0\.5[\d.]*, to 30\.0<\/td>.*<td>no promise<\/td>$/);
  (data.config.config as Record<string, unknown>).lambda = 0.25;
  const other = renderReport(data).split('Contraction rate</h3>')[1];
  assert.match(other.slice(other.indexOf('<th>corrected</th>')), /^.*?<td>0\.167<\/td><\/tr>/);
  assert.match(other.slice(other.indexOf('<th>uncorrected</th>')), /^.*?<td>0\.333<\/td><\/tr>/);
});

test('prompts travel packed, a clip for each arm and generation there is, captions as text', () => {
  const data = sampleData(1, 6);
  const page = renderReport(data);
  const packed = JSON.parse(page.match(/<script type="application\/json" id="prompts">([^<]*)</)![1]);
  assert.is(packed.clips.length, data.prompts!.motions.length);
  assert.is(packed.clips.filter(({ arm }: { arm: number }) => arm === -1).length, 4);
  assert.match(page, /a person &lt;b&gt;jumps&lt;\/b&gt;/);
  assert.not.match(renderReport({ ...data, prompts: undefined }), /id="compare"/);
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
  assert.throws(
    () => linkClient((name) => (name === 'viewer' ? "import { A } from './forgotten.js';\n" : '')),
    /Expected forgotten before viewer in the list of client files/,
  );
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

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readRun, renderMarkdown, withSection } from '../../src/report/index.js';
import { sampleData } from '../report/sample.js';

const RESULTS = 'bench/results';
const document = readFileSync('docs/results.md', 'utf8');
const published = readdirSync(RESULTS).filter((name) => existsSync(`${RESULTS}/${name}/metrics.jsonl`));

test('the tables of every published run are what its files give, and no table is of anything else', async () => {
  for (const name of published)
    assert.is(
      withSection(document, name, renderMarkdown(await readRun(`${RESULTS}/${name}`), name)),
      document,
      `selfcorrect report ${RESULTS}/${name} --markdown docs/results.md writes something else`,
    );
  const sections = [...document.matchAll(/^<!-- run (.*) -->$/gm)].map(([, name]) => name);
  assert.equal(sections.sort(), [...published].sort());
});

test('a section takes the place of its former one; others and the text around stay', () => {
  const section = renderMarkdown(sampleData(2, 6), 'a');
  const first = withSection('# Results\n', 'a', section);
  const second = withSection(first, 'b', 'other');
  assert.is(withSection(second, 'a', section), second);
  const changed = withSection(second, 'a', renderMarkdown(sampleData(3, 6), 'a'));
  assert.is.not(changed, second);
  assert.ok(changed.endsWith('<!-- run b -->\nother\n<!-- end of run b -->\n'));
  assert.is(changed.match(/^## a$/gm)?.length, 1);
  assert.match(withSection('', 'a', section), /^# Results\n\nEvery table here was written by/);
});

test('tables hold every arm with its spread, and no number that is none', () => {
  const data = sampleData(3, 6);
  const text = renderMarkdown(data, 'x');
  for (const arm of ['baseline', 'uncorrected', 'placebo', 'corrected', 'selected'])
    assert.match(text, new RegExp(`^\\| ${arm} \\| 6 \\| [\\d.]+ ± [\\d.]+ \\|`, 'm'));
  assert.not.match(text, /NaN|undefined|null/);
  const widths = new Set(
    text
      .match(/^\| arm \| generation[\s\S]*?\n\n/m)![0]
      .trim()
      .split('\n')
      .map((line) => line.split('|').length),
  );
  assert.is(widths.size, 1, 'every line of the table has as many cells');
});

test.run();

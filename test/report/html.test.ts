import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { embedJson, escapeHtml, html } from '../../src/report/html.js';

test('what is interpolated is text, in content and in attributes', () => {
  const nasty = `"><script>alert('x')</script>&`;
  const text = html`<p title="${nasty}">${nasty}</p>`.text;
  assert.is(text.match(/</g)?.length, 2);
  assert.is(text.match(/"/g)?.length, 2);
  assert.is(escapeHtml(`<>&"'`), '&lt;&gt;&amp;&quot;&#39;');
});

test('markup stays markup, lists are joined, nothing stays nothing', () => {
  assert.is(
    html`<ul>${['a', '<b>'].map((item) => html`<li>${item}</li>`)}${null}${false}${undefined}${0}</ul>`.text,
    '<ul><li>a</li><li>&lt;b&gt;</li>0</ul>',
  );
});

test('embedded data cannot close their element and read back the same', () => {
  const value = { caption: '</script><!--<script>', line: '\u2028' };
  const text = embedJson(value).text;
  assert.not.match(text, /[<\u2028]/);
  assert.equal(JSON.parse(text), value);
});

test.run();

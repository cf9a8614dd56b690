import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ARM_DARK, ARM_LIGHT, contrast, NO_ARM_COLOURS } from '../../src/report/colours.js';
import { STYLE } from '../../src/report/style.js';

const panel = (which: 'light' | 'dark'): string =>
  [...STYLE.matchAll(/--panel:(#\w{6})/g)][which === 'light' ? 0 : 1][1];

test('every colour has a contrast of 3 or more to the panel it is drawn on', () => {
  assert.is(contrast('#000000', '#ffffff').toFixed(2), '21.00');
  assert.is(ARM_LIGHT.length, ARM_DARK.length);
  for (const colour of [...ARM_LIGHT, NO_ARM_COLOURS[0]])
    assert.ok(
      contrast(colour, panel('light')) >= 3,
      `${colour}: ${contrast(colour, panel('light')).toFixed(2)}`,
    );
  for (const colour of [...ARM_DARK, NO_ARM_COLOURS[1]])
    assert.ok(
      contrast(colour, panel('dark')) >= 3,
      `${colour}: ${contrast(colour, panel('dark')).toFixed(2)}`,
    );
  assert.is(new Set(ARM_LIGHT).size, ARM_LIGHT.length);
});

test('higher numbers are the same colours, dashed', () => {
  assert.ok(STYLE.includes(`--c12:${ARM_LIGHT[0]}`));
  assert.match(STYLE, /\.c12 \.line:not\(\.dashed\)\{stroke-dasharray/);
  assert.not.match(STYLE, /\.c11 \.line:not\(\.dashed\)/);
});

test.run();

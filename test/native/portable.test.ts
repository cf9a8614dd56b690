/** The corrector's own elementary functions against the engine's, and that it takes none from the C library. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { native } from '../../src/correct/native.js';
import { Random } from '../../src/random/random.js';

const { probeMath } = native() as unknown as {
  probeMath(name: string, a: number, b?: number): number;
};

/** The largest error over `count` random arguments, relative to what `size` says. */
function worst(
  name: 'sin' | 'cos' | 'tan' | 'asin' | 'acos' | 'exp',
  range: [number, number],
  size: (x: number, truth: number) => number,
): number {
  const random = new Random(1, name);
  let most = 0;
  for (let i = 0; i < 200_000; i++) {
    const x = random.uniform(...range);
    const truth = Math[name](x);
    const error = Math.abs(probeMath(name, x) - truth) / size(x, truth);
    if (!(error <= most)) most = error; // not-a-number counts
  }
  console.log(`${name}: ${most.toExponential(1)}`);
  return most;
}

const LIMIT = 1e-15;
const value = (_: number, truth: number) => Math.abs(truth);

test('sin, cos, tan, asin, acos, exp within a few units in the last place of the engine', () => {
  for (const span of [0.7, 7, 1e4]) {
    assert.ok(worst('sin', [-span, span], (x, y) => Math.max(Math.abs(y), 1e-4 * Math.abs(x))) < LIMIT);
    assert.ok(worst('cos', [-span, span], (x, y) => Math.max(Math.abs(y), 1e-4 * Math.abs(x))) < LIMIT);
  }
  assert.ok(worst('tan', [-1.5, 1.5], value) < LIMIT);
  assert.ok(worst('asin', [-1, 1], value) < LIMIT);
  assert.ok(worst('acos', [-1, 0.999], value) < LIMIT);
  assert.ok(worst('exp', [-690, 690], value) < LIMIT);
});

test('the series of small arguments', () => {
  const random = new Random(3);
  const series = [
    ['arcsine', Math.asin, [-0.3, 0.3], LIMIT],
    ['sine', Math.sin, [-0.5, 0.5], LIMIT],
    ['cosine', Math.cos, [-0.5, 0.5], LIMIT],
    ['exponential', Math.exp, [-40, 0], 1e-12],
    ['exponential', Math.exp, [-1, 0], 1e-12],
  ] as const;
  for (const [name, truth, [low, high], limit] of series)
    for (let i = 0; i < 50_000; i++) {
      const x = random.uniform(low, high);
      const error = Math.abs(probeMath(name, x) - truth(x));
      assert.ok(error <= limit * Math.abs(truth(x)), `${name}(${x}): ${error}`);
    }
  assert.ok(probeMath('exponential', -1e9) < 1e-300);
});

test('atan2 all around', () => {
  const random = new Random(2);
  for (let i = 0; i < 200_000; i++) {
    const [y, x] = [random.normal(), random.normal()];
    const truth = Math.atan2(y, x);
    assert.ok(Math.abs(probeMath('atan2', y, x) - truth) <= LIMIT * Math.abs(truth), `atan2(${y}, ${x})`);
  }
});

test('the ends of the ranges', () => {
  for (const name of ['sin', 'tan', 'asin'] as const) assert.is(probeMath(name, 0), 0);
  assert.is(probeMath('cos', 0), 1);
  assert.is(probeMath('asin', 1), Math.PI / 2);
  assert.is(probeMath('asin', -1), -Math.PI / 2);
  assert.is(probeMath('acos', 1), 0);
  assert.is(probeMath('acos', -1), Math.PI);
  assert.is(probeMath('atan2', 0, 0), 0);
  assert.is(probeMath('atan2', 0, -2), Math.PI);
  assert.is(probeMath('exp', 0), 1);
  assert.is(probeMath('exp', -1e9), 0);
  for (const name of ['sin', 'cos', 'tan', 'asin', 'acos', 'exp'])
    assert.ok(Number.isNaN(probeMath(name, Number.NaN)), name);
  assert.ok(Number.isNaN(probeMath('sin', Number.POSITIVE_INFINITY)));
});

// A function of the C library may round otherwise on another system: what the addon takes from it must be exact.
test('the addon takes no elementary function from the C library', () => {
  const addon = fileURLToPath(new URL('../../../build/Release/selfcorrect.node', import.meta.url));
  let listed: string;
  try {
    listed = execFileSync('nm', ['-D', '--undefined-only', addon], { encoding: 'utf8', stdio: 'pipe' });
  } catch {
    console.log('note: nm cannot read the addon; what it takes from the C library is not checked');
    return;
  }
  const names = listed.split('\n').map((line) => line.trim().split(' ').at(-1)?.split('@')[0] ?? '');
  assert.ok(names.includes('memcpy'), 'the list is that of the addon');
  const inexact =
    /^_*(sin|cos|sincos|tan|a(sin|cos|tan|tan2)|(sin|cos|tan)h|exp(2|10|m1)?|log(2|10|1p)?|pow|cbrt|hypot)f?$/;
  assert.equal(
    names.filter((name) => inexact.test(name)),
    [],
  );
});

test.run();

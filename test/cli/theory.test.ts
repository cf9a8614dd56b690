import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'selfcorrect-theory-'));
test.after(() => rmSync(dir, { recursive: true, force: true }));
const cli = (...args: string[]) =>
  spawnSync(process.execPath, [MAIN, 'theory', ...args], { encoding: 'utf8', timeout: 60_000 });

test('numbers for people and for programs', () => {
  const { status, stdout } = cli('--lambda', '0.5', '--gamma', '2', '--generations', '2');
  assert.is(status, 0);
  assert.match(stdout, /rate rho \/ \(1 \+ gamma\) {4}0\.333333/);
  assert.match(stdout, /= 0\.5 against \(1 \+ gamma\) \/ \(2 \+ gamma\) = 0\.75/);
  assert.match(stdout, /^Stable/m);
  const json = JSON.parse(cli('--lambda', '1', '--gamma', '2', '--generations', '1', '--json').stdout);
  assert.is(json.stable, false);
  assert.is(json.rho, null, 'at the pole');
  assert.equal(json.bound, [1, null]);
});

test('a figure is an SVG of its own; mistakes are named', () => {
  const file = join(dir, 'bound.svg');
  assert.is(cli('--figure', 'bound', '--out', file).status, 0);
  const svg = readFileSync(file, 'utf8');
  assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  assert.is(svg.match(/class="line dashed"/g)?.length, 3, 'a bound for each gamma');
  assert.match(svg, /gamma 5/);
  for (const [args, message] of [
    [['--alpha', '0'], /for --alpha but received 0/],
    [['--figure', 'nonsense'], /Expected one of regimes, gamma, selection, bound for --figure/],
    [['--out', file], /Expected --figure for --out/],
    [['x'], /Expected options only for theory but received x/],
  ] as [string[], RegExp][]) {
    const { status, stderr } = cli(...args);
    assert.is(status, 2, args.join(' '));
    assert.match(stderr, message);
  }
});

test.run();

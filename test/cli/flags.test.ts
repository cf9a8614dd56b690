import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { describeFlags, type Flag, parseFlags } from '../../src/cli/flags.js';

const FLAGS: Record<string, Flag> = {
  steps: { type: 'integer', help: 'training steps', range: [1, 1000] },
  lambda: { type: 'number', help: 'synthetic per real sample', range: [0, 10] },
  arms: { type: 'list', help: 'arms', choices: ['baseline', 'corrected'] },
  preset: { type: 'text', help: 'preset', choices: ['clip', 'loop'] },
  quick: { type: 'switch', help: 'smoke run' },
  out: { type: 'text', help: 'where to', value: 'DIR', short: 'o' },
};

test('values are parsed by their type', () => {
  const { flags, positionals } = parseFlags(
    ['a.bvh', '--steps', '5', '--lambda=0.5', '--arms', 'baseline, corrected', '--quick', '-o', 'x', 'b.npy'],
    FLAGS,
  );
  assert.equal(
    { ...flags },
    { steps: 5, lambda: 0.5, arms: ['baseline', 'corrected'], quick: true, out: 'x' },
  );
  assert.equal(positionals, ['a.bvh', 'b.npy']);
});

for (const [args, message] of [
  [['--steps', '1.5'], /Expected an integer from 1 to 1000 for --steps but received 1\.5/],
  [['--steps', '0'], /for --steps but received 0/],
  [['--steps', ''], /for --steps/],
  [['--lambda', 'NaN'], /for --lambda but received NaN/],
  [['--arms', 'baseline,nonsense'], /Expected one of baseline, corrected for --arms but received nonsense/],
  [['--preset', 'x'], /Expected one of clip, loop/],
  [['--nope'], /Unknown option '--nope'/],
  [['--out'], /argument missing/],
] as [string[], RegExp][])
  test(`a usage error: ${args.join(' ')}`, () => {
    assert.throws(
      () => parseFlags(args, FLAGS),
      (error: Error) => error.name === 'UsageError' && message.test(error.message),
    );
  });

test('the help names every option', () => {
  const help = describeFlags(FLAGS);
  for (const name of Object.keys(FLAGS)) assert.match(help, `--${name}`);
  assert.match(help, '-o, --out DIR');
});

test.run();

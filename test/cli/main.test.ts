import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { proceduralMotions } from '../../src/data/procedural/index.js';
import { readNpy, writeNpy } from '../../src/io/index.js';
import { waving } from '../support/motions.js';
import { cli, events } from './process.js';

const dir = mkdtempSync(join(tmpdir(), 'selfcorrect-cli-'));
test.after(() => rmSync(dir, { recursive: true, force: true }));

test('--help names every command, and a command its options', async () => {
  const help = await cli(['--help']);
  assert.is(help.code, 0);
  for (const name of ['loop', 'train', 'sample', 'correct', 'doctor', 'setup-cuda'])
    assert.match(help.out, new RegExp(`^ {2}${name} `, 'm'));
  const loop = await cli(['loop', '--help']);
  assert.is(loop.code, 0);
  for (const name of ['--out', '--quick', '--data', '--lambda', '--gamma', '--seeds'])
    assert.match(loop.out, name);
});

test('a mistake is one line and exit code 2', async () => {
  for (const [args, message] of [
    [
      ['nonsense'],
      /Expected one of loop, .*train, sample, correct, doctor.* for COMMAND but received nonsense/,
    ],
    [['loop', '--lambda', '-1'], /--lambda/],
    [['loop', '--gamma', 'x'], /Expected a number >= 0 or Infinity for --gamma but received x/],
    [['loop', '--seeds', '0,a'], /Expected integers >= 0 for --seeds but received a/],
    [['correct', 'x.npy'], /Expected a folder for --out but received none/],
    [['correct', '--out', dir], /Expected at least one file or folder for IN/],
    [['correct', join(dir, 'missing.npy'), '--out', dir], /does not exist/],
  ] as [string[], RegExp][]) {
    const { code, err } = await cli(args);
    assert.is(code, 2, args.join(' '));
    assert.match(err, message);
    assert.is(err.trim().split('\n').length, 1);
  }
});

test('correct writes files back in their format, names the bad ones, and makes the page to look at', async () => {
  const input = mkdtempSync(join(dir, 'in-'));
  const output = join(dir, 'out');
  for (const [name, phase] of [
    ['a.npy', 0],
    ['b.npy', 1],
  ] as const)
    writeFileSync(
      join(input, name),
      writeNpy(
        [50, 22, 3],
        waving(50, phase).map((value, i) => (i % 3 === 1 ? value - 0.05 : value)),
      ),
    );
  writeFileSync(join(input, 'bad.npy'), 'this is no array');
  const { code, out } = await cli(['correct', input, '--out', output, '--view']);
  assert.is(code, 1); // one file was skipped
  assert.equal(readdirSync(output).sort(), ['a.npy', 'b.npy', 'view.html']);
  const { shape, data } = readNpy(readFileSync(join(output, 'a.npy')));
  assert.equal(shape, [50, 22, 3]);
  const low = Math.min(...Array.from(data as Float32Array).filter((_, i) => i % 3 === 1));
  assert.ok(low > -0.005, `sunk by 5 cm, and its lowest joint is now at ${low}`);
  const log = events(out);
  assert.match(String(log.find(({ event }) => event === 'skipped')?.reason), /./);
  assert.is(log.filter(({ event }) => event === 'corrected').length, 2);
  const done = log.at(-1) as { event: string; devices: string[]; files: number; skipped: unknown[] };
  assert.is(done.event, 'done');
  assert.equal(done.devices, ['cpu']);
  assert.is(done.files, 2);
  assert.is(done.skipped.length, 1);
  assert.match(readFileSync(join(output, 'view.html'), 'utf8'), /<html/);
});

test('inputs that would overwrite each other are refused before anything is written', async () => {
  const [first, second] = [mkdtempSync(join(dir, 'x-')), mkdtempSync(join(dir, 'y-'))];
  for (const folder of [first, second])
    writeFileSync(join(folder, 'same.npy'), writeNpy([20, 22, 3], waving(20)));
  const { code, err } = await cli(['correct', first, second, '--out', join(dir, 'never')]);
  assert.is(code, 2);
  assert.match(err, /both be written to same\.npy/);
});

/** A small data set of its own: preparing the built-in one would take most of this test's time. */
const data = join(dir, 'data');
mkdirSync(data);
for (const { name, joints } of proceduralMotions({ count: 26, seconds: [3.2, 3.5] }))
  writeFileSync(join(data, `${name}.npy`), writeNpy([joints.length / 66, 22, 3], joints));

/** A protocol of the user's own, small enough for a test. */
const tiny = join(dir, 'tiny.json');
writeFileSync(
  tiny,
  JSON.stringify({
    format: 1,
    description: 'for a test',
    loop: {
      arms: ['uncorrected', 'corrected'],
      n: 8,
      stepsGen0: 6,
      stepsPerGeneration: 2,
      evaluationCount: 16,
      noiseRepeats: 2,
    },
    motion: { dModel: 16, layers: 1, heads: 2, ff: 16, samplerSteps: 4, batch: 8, evaluatorSteps: 4 },
    preregistration: {
      question: 'Does it run?',
      primary: 'fid',
      claims: [
        {
          name: 'A generation is done in an hour',
          kind: 'gate',
          all: [{ type: 'cost', arm: 'corrected', atMost: 3600 }],
        },
      ],
    },
  }),
);
const TINY = ['--protocol', tiny, '--data', data, '--generations', '2'];

test('a loop that is killed, then interrupted, ends with the same numbers as one that was not', async () => {
  const whole = join(dir, 'whole');
  const broken = join(dir, 'broken');
  const first = await cli(['loop', ...TINY, '--out', whole]);
  assert.is(first.code, 0, first.err);
  const page = readFileSync(join(whole, 'report.html'), 'utf8');
  assert.match(page, /<html/);
  assert.match(page, /Run with changes to the protocol: generations: 10 -&gt; 2\./);
  assert.match(page, /id="compare"/);
  const verdicts = JSON.parse(readFileSync(join(whole, 'verdicts.json'), 'utf8'));
  assert.is(verdicts.protocol, 'tiny');
  assert.is(verdicts.beforeResults, true);
  assert.is(verdicts.claims[0].verdict, 'met');

  const stopAt = (units: number, signal: NodeJS.Signals) => (out: string, child: ChildProcess) => {
    if (out.split('"event":"unit"').length > units && !stoppedAlready.has(child)) {
      stoppedAlready.add(child);
      child.kill(signal);
    }
  };
  const stoppedAlready = new Set<ChildProcess>();
  const killed = await cli(['loop', ...TINY, '--out', broken], stopAt(1, 'SIGKILL'));
  assert.is(killed.signal, 'SIGKILL');
  const interrupted = await cli(['loop', ...TINY, '--out', broken], stopAt(1, 'SIGINT'));
  assert.is(interrupted.code, 130, interrupted.err);
  const stopped = events(interrupted.out).at(-1) as { event: string; resume: string };
  assert.is(stopped.event, 'stopped');
  assert.match(stopped.resume, `selfcorrect loop ${TINY.join(' ')} --out`);
  const resumed = await cli(['loop', ...TINY, '--out', broken]);
  assert.is(resumed.code, 0, resumed.err);
  assert.is(
    readFileSync(join(broken, 'metrics.jsonl'), 'utf8'),
    readFileSync(join(whole, 'metrics.jsonl'), 'utf8'),
  );

  const other = await cli(['loop', ...TINY, '--lambda', '0.5', '--out', whole]);
  assert.is(other.code, 1);
  assert.match(other.err, /lambda: 1 -> 0\.5/);
  // Nor can the claims be others once results are there.
  const { code, err } = await cli(['loop', '--data', data, '--out', whole]);
  assert.is(code, 1);
  assert.match(err, /Expected the protocol .* was registered for but received a different one/);
});

test.run();

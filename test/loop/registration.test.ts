import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DEFAULT_CONFIG } from '../../src/loop/config.js';
import { judgeRun } from '../../src/loop/judgement.js';
import { noteMachine, readMachine } from '../../src/loop/machine.js';
import { parsePreregistration } from '../../src/loop/preregistration.js';
import { changesOf, readRegistration, register } from '../../src/loop/registration.js';
import { MemoryFs } from './memory-fs.js';

const registered = (atMost = 0.5) => ({
  name: 'n64',
  description: 'a test',
  loop: { ...DEFAULT_CONFIG },
  settings: { frames: 60, dModel: 96 },
  preregistration: parsePreregistration({
    question: 'does it?',
    primary: 'fid',
    claims: [
      {
        name: 'half',
        kind: 'gate',
        all: [{ type: 'ratio', metric: 'fid', arm: 'corrected', against: 'uncorrected', atMost, seeds: 1 }],
      },
    ],
  }),
});

test('what is registered is read back, and cannot be changed afterwards', async () => {
  const fs = new MemoryFs();
  await fs.mkdir('out');
  assert.is(await readRegistration('out', fs), undefined);
  await register('out', registered(), fs);
  const found = (await readRegistration('out', fs))!;
  assert.is(found.beforeResults, true);
  assert.equal(found.preregistration, registered().preregistration);
  await register('out', registered(), fs);
  let message = '';
  await register('out', registered(0.9), fs).catch((error: Error) => (message = error.message));
  assert.match(message, /the protocol out was registered for.*atMost: 0\.5 -> 0\.9/);
});

test('claims written where results are already there say so', async () => {
  const fs = new MemoryFs();
  await fs.mkdir('out');
  await fs.write('out/metrics.jsonl', Buffer.from('{}\n'));
  await register('out', registered(), fs);
  assert.is((await readRegistration('out', fs))!.beforeResults, false);
  // Going on with a run does not make it registered beforehand, nor the other way round.
  await register('out', registered(), fs);
  assert.is((await readRegistration('out', fs))!.beforeResults, false);
});

test('changes on the command line are named; the task may add to its settings', async () => {
  const fs = new MemoryFs();
  await register('out', registered(), fs);
  const registration = (await readRegistration('out', fs))!;
  const loop = { ...JSON.parse(JSON.stringify(registration.loop)), gamma: 'Infinity' };
  const run = { task: { settings: { frames: 60, dModel: 96, data: { clips: 5 } } }, config: loop };
  assert.equal(changesOf(registration, run), []);
  run.config = { ...loop, generations: 3 };
  run.task.settings.dModel = 64;
  assert.equal(changesOf(registration, run), ['generations: 10 -> 3', 'task dModel: 96 -> 64']);
  run.config = { ...loop, arms: ['baseline', 'corrected'] };
  assert.match(changesOf(registration, run)[0], /^arms: baseline, uncorrected, .* -> baseline, corrected$/);
  run.config = { ...loop, generations: 3 };
  const config = `${JSON.stringify(run)}\n`;
  const judgement = judgeRun(registration, config, [], []);
  assert.is(judgement.claims[0].verdict, 'not decidable');
  assert.is(judgement.generations, 3);
  assert.match(judgement.configuration, /^[0-9a-f]{64}$/);
});

test('the machine is noted once for each different session, without where its files lie', async () => {
  const fs = new MemoryFs();
  await fs.mkdir('out');
  const note = (...words: string[]) => noteMachine('out', ['selfcorrect', 'loop', ...words], '1.2.3', fs);
  await note('--data', '/somewhere/else/mocap', '--out', `${process.cwd()}/runs/x`);
  await note('--data', '/somewhere/else/mocap', '--out', `${process.cwd()}/runs/x`);
  await note('--data', '../shared/data/mocap');
  const { sessions } = (await readMachine('out', fs))!;
  assert.equal(
    sessions.map(({ command }) => command),
    ['selfcorrect loop --data mocap --out runs/x', 'selfcorrect loop --data ../shared/data/mocap'],
  );
  assert.is(sessions[0].version, '1.2.3');
  assert.ok(sessions[0].cores >= 1);
});

test.run();

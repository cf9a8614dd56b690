import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DEFAULT_CONFIG, resolveConfig } from '../../src/loop/config.js';
import { armsOf } from '../../src/loop/preregistration.js';
import { METRICS } from '../../src/metrics/index.js';
import { promptItems } from '../../src/tasks/motion/exhibit.js';
import { parseProtocol, protocolNames, readProtocol } from '../../src/tasks/motion/protocols.js';
import { DEFAULT_MOTION_SETTINGS } from '../../src/tasks/motion/settings.js';

test('every committed protocol is complete: each key of both configurations is in the file', () => {
  const names = protocolNames();
  for (const name of ['quick', 'default', 'n64', 'n128', 'n256', 'humanml3d'])
    assert.ok(names.includes(name), name);
  for (const name of names) {
    const { loop, motion } = JSON.parse(readFileSync(`protocols/${name}.json`, 'utf8'));
    assert.equal(Object.keys(loop).sort(), Object.keys(DEFAULT_CONFIG).sort(), name);
    assert.equal(Object.keys(motion).sort(), Object.keys(DEFAULT_MOTION_SETTINGS).sort(), name);
  }
});

test('claims speak of arms that run, of metrics there are, and ask for no more seeds than are drawn', () => {
  for (const name of protocolNames()) {
    const { loop, preregistration } = readProtocol(name);
    for (const arm of armsOf(preregistration)) assert.ok(loop.arms.includes(arm), `${arm} of ${name}`);
    assert.ok(preregistration.primary in METRICS, `${preregistration.primary} of ${name}`);
    for (const { all } of preregistration.claims)
      for (const part of all) {
        if (part.type !== 'cost') assert.ok(part.metric in METRICS, `${part.metric} of ${name}`);
        if (name === 'default' || part.type === 'cost') continue;
        const needed = part.type === 'order' ? part.inSeeds[1] : part.seeds;
        assert.ok(
          needed <= loop.seeds.length,
          `${name} draws ${loop.seeds.length} seeds, a claim asks for ${needed}`,
        );
      }
  }
});

test('the default protocol is what runs without one; the headline is what issue and paper say', () => {
  assert.equal(
    readProtocol('default').loop,
    resolveConfig({ arms: [...DEFAULT_CONFIG.arms, 'restored'] }),
    'and the arm that only motion has',
  );
  assert.equal(readProtocol('default').motion, DEFAULT_MOTION_SETTINGS);
  const { loop } = readProtocol('n64');
  assert.equal(
    [loop.n, loop.lambda, loop.generations, loop.seeds.length, loop.evaluationCount],
    [64, 1, 50, 5, 512],
  );
  assert.is(loop.gamma, Number.POSITIVE_INFINITY);
  assert.equal([readProtocol('n128').loop.n, readProtocol('n256').loop.n], [128, 256]);
  const paper = readProtocol('humanml3d');
  assert.equal(
    [paper.loop.stepsGen0, paper.loop.stepsPerGeneration, paper.motion.batch, paper.loop.learningRate],
    [5000, 1000, 64, 1e-4],
  );
  assert.equal([paper.motion.layers, paper.motion.dModel, paper.motion.diffusionSteps], [8, 512, 1000]);
});

test('a protocol with an unknown key or a wrong value is refused, and the key is named', () => {
  const protocol = JSON.parse(readFileSync('protocols/quick.json', 'utf8'));
  const refused = (change: (copy: typeof protocol) => void, message: RegExp) => {
    const copy = structuredClone(protocol);
    change(copy);
    assert.throws(() => parseProtocol(JSON.stringify(copy), 'mine'), message);
  };
  refused((copy) => (copy.loop.generation = 3), /for a configuration key but received generation/);
  refused((copy) => (copy.motion.frame = 60), /for mine\.motion but received frame/);
  refused((copy) => (copy.gates = []), /for protocol mine but received gates/);
  refused((copy) => (copy.motion.frames = '60'), /a number for mine\.motion\.frames but received "60"/);
  refused((copy) => (copy.loop.lambda = -1), /lambda but received -1/);
  refused((copy) => (copy.loop.arms = ['corrected', 'nobody']), /an arm but received nobody/);
  refused((copy) => delete copy.preregistration, /an object for mine\.preregistration/);
  refused((copy) => (copy.format = 2), /Expected 1 for the format/);
  assert.throws(() => parseProtocol('{', 'mine'), /Expected JSON for the protocol mine/);
  assert.throws(() => readProtocol('n63'), /Expected one of .*n64.* for a protocol but received n63/);
});

test('prompts are items of different actions where there are as many, in the order of the items', () => {
  assert.equal(promptItems([2, 2, 1, 2, 0, 3, 1, 4]), [0, 2, 4, 5]);
  assert.equal(promptItems([1, 1, 1, 0, 1, 1]), [0, 1, 2, 3]);
  assert.equal(promptItems([0, 0]), [0, 1]);
});

test.run();

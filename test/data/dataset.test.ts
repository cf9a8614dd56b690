import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { asDataset, drawSplits } from '../../src/data/dataset.js';
import type { Motion } from '../../src/motion/motion.js';

const motion = (name: string, action?: string): Motion => ({
  joints: new Float32Array(66),
  fps: 20,
  name,
  action,
});

test('splits are disjoint, cover all, and depend on the seed alone', () => {
  const motions = Array.from({ length: 50 }, (_, i) => motion(`clip ${i}`, i % 2 ? 'walk' : 'run'));
  const a = asDataset(motions, { seed: 1 });
  const b = asDataset(motions, { seed: 1 });
  const c = asDataset(motions, { seed: 2 });
  assert.equal(
    [...a.train, ...a.val, ...a.test].sort((x, y) => x - y),
    [...motions.keys()],
  );
  assert.equal([a.train.length, a.val.length, a.test.length], [40, 5, 5]);
  assert.equal(a.test, b.test);
  assert.not.equal(a.test, c.test);
});

test('one recording stays in one split, and three recordings fill three splits', () => {
  const sources = Array.from({ length: 30 }, (_, i) => `take ${i % 3}`);
  const splits = drawSplits(sources);
  for (let i = 3; i < 30; i++) assert.is(splits[i], splits[i - 3]);
  assert.is(new Set(splits).size, 3);
  assert.equal(drawSplits(['a', 'a']), ['train', 'train']);
});

test('classes are sorted; rare and missing labels are "other"', () => {
  const motions = [motion('a', 'walk'), motion('b', 'run'), motion('c', 'walk'), motion('d')];
  const all = asDataset(motions, { splits: ['train', 'train', 'train', 'test'] });
  assert.equal(all.classes, ['run', 'walk', 'other']);
  assert.equal([...all.labels], [1, 0, 1, 2]);
  const common = asDataset(motions, { splits: ['train', 'train', 'train', 'test'], minimumPerClass: 2 });
  assert.equal(common.classes, ['walk', 'other']);
  assert.equal([...common.labels], [0, 1, 0, 1]);
});

test('a list of another length is refused', () => {
  assert.throws(() => asDataset([motion('a')], { splits: [] }), /Expected 1 entries/);
  assert.throws(() => drawSplits(['a'], 0, { val: 0.5, test: 0.5 }), /below 1 in sum/);
});

test.run();

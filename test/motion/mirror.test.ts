import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readNpy } from '../../src/io/npy.js';
import { encodeAllFrames, encodeFeatures, FEATURE_SIZE } from '../../src/motion/features.js';
import { normalise } from '../../src/motion/heading.js';
import { mirror } from '../../src/motion/mirror.js';
import { mirrorCaption } from '../../src/motion/mirror-caption.js';
import { mirrorFeatures } from '../../src/motion/mirror-features.js';
import { Random } from '../../src/random/random.js';
import { filesOf, largestDifference, shared } from '../io/shared-data.js';
import { randomMotion } from './random-motion.js';

test('mirrored features are the features of the mirrored motion', () => {
  for (let seed = 1; seed <= 12; seed++) {
    const joints = normalise(Float32Array.from(randomMotion(seed, 40).joints));
    for (const encode of [encodeFeatures, encodeAllFrames]) {
      const features = encode(joints);
      const expected = encode(mirror(joints));
      assert.ok(largestDifference(mirrorFeatures(features), expected) < 1e-6, `seed ${seed}`);
      assert.ok(largestDifference(features, expected) > 0.05);
    }
  }
});

test('mirrored features of real clips are the features of the mirrored clips', () => {
  const folder = shared('mocap/joints');
  if (!folder) return;
  const files = filesOf(folder, '.npy');
  assert.ok(files.length > 200);
  for (const [name, bytes] of files) {
    const joints = readNpy(bytes).data as Float32Array;
    const difference = largestDifference(
      mirrorFeatures(encodeFeatures(joints)),
      encodeFeatures(mirror(joints)),
    );
    assert.ok(difference < 1e-6, `${name}: ${difference}`);
  }
});

test('mirroring features twice gives every byte back, in place or not', () => {
  const features = new Random(1).normals(new Float32Array(5 * FEATURE_SIZE));
  const once = mirrorFeatures(features);
  const out = new Float32Array(features.length);
  assert.is(mirrorFeatures(once, out), out);
  assert.equal(out, features);
  assert.is(mirrorFeatures(out, out), out);
  assert.equal(out, once);
  assert.not.equal(once, features);
  assert.is(mirrorFeatures(new Float32Array(0)).length, 0);
});

test('features that are not rows, and an output of another length, are refused', () => {
  assert.throws(() => mirrorFeatures(new Float32Array(264)), /rows of 263 .* for features but received 264/);
  assert.throws(
    () => mirrorFeatures(new Float32Array(526), new Float32Array(263)),
    /526 numbers for out but received 263/,
  );
});

test('a mirrored caption exchanges the sides', () => {
  for (const [caption, mirrored] of [
    ['a person turns left', 'a person turns right'],
    ['Left, right, LEFT.', 'Right, left, RIGHT.'],
    ['kicks with the right-hand side', 'kicks with the left-hand side'],
    ['moves rightwards and leftward', 'moves leftwards and rightward'],
    ['the leftmost chair', 'the rightmost chair'],
    ['walks clockwise', 'walks counterclockwise'],
    ['Clockwise then counterclockwise', 'Counterclockwise then clockwise'],
    ['counter-clockwise, anti-clockwise', 'clockwise, clockwise'],
    ['Anticlockwise or counter clockwise', 'Clockwise or clockwise'],
  ])
    assert.is(mirrorCaption(caption), mirrored);
  for (const same of [
    'stands upright',
    'brightly, cleft',
    'stops right away',
    'at a right angle',
    '',
    'all right',
  ])
    assert.is(mirrorCaption(same), same);
});

test('the mirror image of a mirrored caption is the caption', () => {
  for (const caption of [
    'A man turns Left clockwise, right arm up',
    'COUNTERCLOCKWISE to the RIGHT, right away',
  ])
    assert.is(mirrorCaption(mirrorCaption(caption)), caption);
});

test.run();

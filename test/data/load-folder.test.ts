import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { amassPoses } from '../../src/data/amass.js';
import { toBvh } from '../../src/data/bvh/generic.js';
import { listMotionFiles } from '../../src/data/folder-layout.js';
import { folderDataset, loadFolder, type SkippedFile } from '../../src/data/load-folder.js';
import { writeAmass } from '../../src/io/amass.js';
import { writeBvh } from '../../src/io/bvh.js';
import { writeNpy } from '../../src/io/npy.js';
import { encodeFeatures } from '../../src/motion/features.js';
import { facing, normalise } from '../../src/motion/heading.js';
import { frameCount } from '../../src/motion/motion.js';
import { distances, shared } from '../io/shared-data.js';
import { randomMotion } from '../motion/random-motion.js';

const root = mkdtempSync(join(tmpdir(), 'selfcorrect-folder-'));
test.after(() => rmSync(root, { recursive: true }));

const clip = (seed: number, frames = 20) => normalise(randomMotion(seed, frames, 0.3).joints);
const npy = (joints: Float32Array) => writeNpy([frameCount({ joints }), 22, 3], joints);

/** A folder of files by name. */
function folder(name: string, files: Record<string, string | Uint8Array>): string {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name, path)), { recursive: true });
    writeFileSync(join(root, name, path), content);
  }
  return join(root, name);
}

test('the real clips load in under two seconds with captions, actions and splits', async () => {
  const dir = shared('mocap');
  if (!dir) return;
  const start = performance.now();
  const loaded = await loadFolder(dir);
  const elapsed = performance.now() - start;
  console.log(`  ${elapsed.toFixed(0)} ms`);
  assert.ok(elapsed < 2000);
  assert.equal(loaded.skipped, []);
  assert.is(loaded.motions.length, 202);
  assert.is(
    loaded.motions.reduce((sum, motion) => sum + frameCount(motion), 0),
    25_130,
  );
  assert.match(loaded.summary, /^202 motions, 25130 frames \(20\.9 min\)/);
  const { name, caption, action, fps } = loaded.motions[0];
  assert.equal(
    { name, caption, action, fps },
    { name: 'c002_01_0', caption: 'a person walks forward', action: 'walk', fps: 20 },
  );
  const dataset = folderDataset(loaded, { minimumPerClass: 4 });
  assert.equal([dataset.train.length, dataset.val.length, dataset.test.length], [137, 21, 44]);
  const bySource = new Map<string, string>();
  loaded.sources.forEach((source, i) => {
    assert.is(bySource.get(source) ?? loaded.splits[i], loaded.splits[i]);
    bySource.set(source, loaded.splits[i]);
  });
  const validation = await loadFolder(dir, { split: 'val' });
  assert.is(validation.motions.length, 21);
});

test('the generated and damaged motions load with their texts', async () => {
  const dir = shared('generated');
  if (!dir) return;
  const loaded = await loadFolder(dir);
  assert.is(loaded.motions.length, 51);
  assert.is(loaded.motions[0].caption, 'a person swings a sword');
});

test('npy, BVH, AMASS and features of one motion load as one motion, in the order of names', async () => {
  const joints = clip(1);
  const dir = folder('flat', {
    'd_joints.npy': npy(joints),
    'b.bvh': writeBvh(toBvh(joints, 20)),
    'sub/c.npz': writeAmass({ ...amassPoses(joints), fps: 20 }),
    'a_features.npy': writeNpy([19, 263], encodeFeatures(joints)),
    'd_joints.txt': 'someone walks\nsomeone goes\n',
    'notes.md': 'not motion',
  });
  const loaded = await loadFolder(dir);
  assert.equal(
    loaded.motions.map(({ name, caption }) => [name, caption]),
    [
      ['a_features', undefined],
      ['b', undefined],
      ['d_joints', 'someone walks'],
      ['sub/c', undefined],
    ],
  );
  for (const motion of loaded.motions) {
    const frames = frameCount(motion) * 66;
    assert.ok(distances(motion.joints, normalise(joints.subarray(0, frames))).largest < 1e-3, motion.name);
    assert.ok(Math.abs(facing(motion.joints)) < 1e-4);
  }
  assert.equal(await listMotionFiles(dir), ['a_features.npy', 'b.bvh', 'd_joints.npy', 'sub/c.npz']);
  assert.equal(loaded.splits.length, 4);
  assert.equal(await loadFolder(dir), loaded);
});

test('bad files are named, counted and skipped', async () => {
  const bad = clip(2);
  bad[700] = Number.NaN;
  const far = clip(2).map((value) => value + 5000);
  const dir = folder('bad', {
    'a.npy': 'nonsense',
    'b.bvh': 'HIERARCHY',
    'c.npz': new Uint8Array(30),
    'd.npy': npy(bad),
    'e.npy': npy(far),
    'f.npy': npy(clip(3).slice(0, 66)),
    'g.npy': writeNpy([4, 7], new Float32Array(28)),
    'h.npy': npy(clip(4)),
  });
  const reported: SkippedFile[] = [];
  const loaded = await loadFolder(dir, { onSkip: (skipped) => reported.push(skipped) });
  assert.is(loaded.motions.length, 1);
  assert.equal(reported, loaded.skipped);
  assert.equal(
    reported.map(({ file }) => file),
    ['a.npy', 'b.bvh', 'c.npz', 'd.npy', 'e.npy', 'f.npy', 'g.npy'],
  );
  for (const { reason } of reported) assert.match(reason, /^Expected .+ but received /);
  assert.match(reported[3].reason, /NaN in frame 10/);
  assert.match(loaded.summary, /7 skipped:\n {2}a\.npy: Expected/);
  assert.match(loaded.summary, /and 2 more$/);
  rmSync(join(dir, 'h.npy'));
  let message = '';
  await loadFolder(dir).catch((error: Error) => {
    message = error.message;
  });
  assert.match(message, /^Expected motion but received 0 motions.*7 skipped/s);
});

test("HumanML3D's layout: texts, splits, mirrored clips with their originals", async () => {
  const files: Record<string, string | Uint8Array> = {
    'train.txt': '000001\nM000001\n000002\n',
    'test.txt': '000003\n',
    'texts/000001.txt':
      'a man walks.#a/DET man/NOUN walk/VERB#1.0#2.0\na man runs.#a/DET#0.0#0.0\nhe jogs#a#0.0#0.0\n',
    'Mean.npy': writeNpy([263], new Float32Array(263)),
  };
  for (const id of ['000001', 'M000001', '000002', '000003', '000009']) {
    files[`new_joint_vecs/${id}.npy`] = writeNpy([19, 263], encodeFeatures(clip(7)));
  }
  const loaded = await loadFolder(folder('humanml3d', files));
  assert.equal(
    loaded.motions.map(({ name }) => name),
    ['000001', '000002', '000003', 'M000001'],
  );
  assert.equal(loaded.splits, ['train', 'train', 'test', 'train']);
  assert.equal(loaded.sources, ['000001', '000002', '000003', '000001']);
  assert.is(loaded.motions[0].caption, 'a man runs.');
  assert.equal(loaded.motions[0].captions, ['a man runs.', 'he jogs']);
  assert.is(loaded.motions[1].captions, undefined);
  assert.equal(loaded.skipped, []);
});

test('manifests: JSON as well, rates of npy files, paths that leave the folder', async () => {
  const dir = folder('manifest', {
    'manifest.json': JSON.stringify({
      clips: [
        { file: 'x/slow.npy', action: 'walk', text: 'walks', fps: 40 },
        { file: '../flat/d_joints.npy' },
        { id: 'gone' },
      ],
    }),
    'x/slow.npy': npy(clip(8, 41)),
    'unlisted.npy': npy(clip(9)),
  });
  const loaded = await loadFolder(dir);
  assert.is(loaded.motions.length, 1);
  const [motion] = loaded.motions;
  assert.is(frameCount(motion), 21);
  assert.equal([motion.fps, motion.action, motion.caption, motion.name], [20, 'walk', 'walks', 'slow']);
  assert.equal(
    loaded.skipped.map(({ file }) => file),
    ['../flat/d_joints.npy', 'joints/gone.npy'],
  );
  assert.match(loaded.skipped[0].reason, /below the folder/);
});

test('reading stops when aborted', async () => {
  const dir = folder('abort', { 'a.npy': npy(clip(1)) });
  let message = '';
  await loadFolder(dir, { signal: AbortSignal.abort(new Error('enough')) }).catch((error: Error) => {
    message = error.message;
  });
  assert.is(message, 'enough');
});

test.run();

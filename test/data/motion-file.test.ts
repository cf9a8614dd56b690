import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { amassJoints, amassPoses } from '../../src/data/amass.js';
import { type MotionFile, parseMotions, readMotions, writeMotions } from '../../src/data/motion-file.js';
import { readAmass, replaceAmass, writeAmass } from '../../src/io/amass.js';
import { toFloat32, toFloat64 } from '../../src/io/array.js';
import { FormatError } from '../../src/io/format-error.js';
import { readNumbers, writeNpy } from '../../src/io/npy.js';
import { readNpz, readNpzMembers, writeNpz } from '../../src/io/npz.js';
import { PickleArray } from '../../src/io/pickle.js';
import { writeNpyObject } from '../../src/io/write-pickle.js';
import { decodeFeatures, encodeFeatures } from '../../src/motion/features.js';
import { normalise } from '../../src/motion/heading.js';
import { resample } from '../../src/motion/resample.js';
import { distances, filesOf, largestDifference, shared } from '../io/shared-data.js';
import { randomMotion } from '../motion/random-motion.js';

const folder = mkdtempSync(join(tmpdir(), 'selfcorrect-files-'));
test.after(() => rmSync(folder, { recursive: true }));

const clip = (seed: number, frames: number) => normalise(randomMotion(seed, frames).joints);
/** A correction that any format can hold: the whole figure moved. */
const moved = (joints: Float32Array) => joints.map((value, i) => (i % 3 === 0 ? value + 0.25 : value));
const joinsOf = (file: MotionFile) => file.motions.map(({ joints }) => joints);
const refused = (message: RegExp) => (error: Error) =>
  error instanceof FormatError && message.test(error.message);

test('joints: one clip, a batch, float32 and float64 are read and written in kind', () => {
  const joints = clip(1, 12);
  for (const [shape, data] of [
    [[12, 22, 3], joints],
    [[12, 22, 3], Float64Array.from(joints)],
    [[3, 4, 22, 3], joints],
  ] as const) {
    const file = parseMotions('dir/walk.npy', writeNpy([...shape], data));
    assert.is(file.format, 'joints');
    assert.equal(
      file.motions.map(({ name }) => name),
      shape.length === 4 ? ['walk_0', 'walk_1', 'walk_2'] : ['walk'],
    );
    const written = readNumbers(file.encode(joinsOf(file).map(moved)));
    assert.equal(written.shape, [...shape]);
    assert.is(written.data.constructor, data.constructor);
    assert.ok(largestDifference(toFloat64(written.data), moved(joints)) < 1e-7);
  }
});

test('features are decoded and written back as features of as many rows', () => {
  const joints = clip(2, 41);
  const features = encodeFeatures(joints);
  const file = parseMotions('walk.npy', writeNpy([40, 263], features));
  assert.is(file.format, 'features');
  assert.ok(distances(file.motions[0].joints, joints.subarray(0, 40 * 66)).largest < 1e-5);
  const same = readNumbers(file.encode(joinsOf(file)));
  assert.equal(same.shape, [40, 263]);
  assert.ok(distances(decodeFeatures(toFloat32(same.data)), file.motions[0].joints).largest < 1e-4);
  const lower = file.motions[0].joints.map((value, i) => (i % 3 === 1 ? value - 0.05 : value));
  const again = parseMotions('walk.npy', file.encode([lower]));
  assert.ok(distances(again.motions[0].joints, lower).largest < 1e-4);
});

test('results.npy: samples keep their lengths, all else stays', () => {
  const motion = new PickleArray();
  const joints = clip(3, 10);
  motion.shape = [2, 22, 3, 5];
  motion.data = new Float32Array(2 * 66 * 5).fill(9);
  for (let n = 0; n < 2; n++)
    for (let t = 0; t < 5; t++)
      for (let k = 0; k < 66; k++) motion.data[(n * 66 + k) * 5 + t] = joints[(5 * n + t) * 66 + k];
  const dict = new Map<string, PickleArray | string[] | number[] | number>([
    ['motion', motion],
    ['text', ['walks', 'runs']],
    ['lengths', [5, 3]],
    ['num_samples', 2],
  ]);
  const file = parseMotions('results.npy', writeNpyObject(dict));
  assert.is(file.format, 'results');
  assert.equal(
    file.motions.map(({ caption, joints: { length } }) => [caption, length]),
    [
      ['walks', 330],
      ['runs', 198],
    ],
  );
  assert.is(largestDifference(file.motions[1].joints, joints.subarray(330, 528)), 0);
  const again = parseMotions('results.npy', file.encode(joinsOf(file).map(moved)));
  assert.ok(largestDifference(again.motions[1].joints, moved(file.motions[1].joints)) < 1e-6);
  assert.is(again.motions[1].caption, 'runs');
  dict.set('lengths', [5, 6]);
  assert.throws(() => parseMotions('results.npy', writeNpyObject(dict)), refused(/0 to 5 frames/));
  dict.set('lengths', [5]);
  assert.throws(() => parseMotions('results.npy', writeNpyObject(dict)), refused(/2 entries/));
});

test('AMASS: 6 real-layout files agree with their joints, there and back', () => {
  const dir = shared('mocap/amass');
  if (!dir) return;
  const files = filesOf(dir, '.npz');
  assert.is(files.length, 6);
  for (const [name, bytes] of files) {
    const file = readAmass(bytes);
    const zUp = toFloat64(readNumbers(readNpzMembers(bytes).get('joints_zup')!).data);
    const expected = zUp.map((_, i) => (i % 3 === 0 ? zUp[i] : i % 3 === 1 ? zUp[i + 1] : -zUp[i - 1]));
    const joints = amassJoints(file);
    assert.ok(largestDifference(joints, expected) <= 1e-5, name);
    // without the file's own poses as a guide, so from positions alone
    const again = amassJoints(readAmass(writeAmass({ ...amassPoses(joints), fps: file.fps })));
    assert.ok(distances(again, joints).largest < 1e-3, name);
    // with them, the poses themselves come back
    assert.ok(largestDifference(amassPoses(joints, file.poses).poses, file.poses) < 2e-3, name);
    const read = parseMotions(name, bytes);
    const back = parseMotions(name, read.encode(joinsOf(read).map(moved)));
    assert.ok(distances(back.motions[0].joints, moved(read.motions[0].joints)).largest < 1e-3, name);
  }
});

test('AMASS: the SMPL-X variant is read and all of its arrays are kept', () => {
  const frames = 8;
  const { joints } = randomMotion(5, frames, 0.5);
  const { poses, trans } = amassPoses(joints);
  const columns = (from: number, to: number, extra = 0) =>
    Float32Array.from({ length: frames * (to - from + extra) }, (_, i) => {
      const c = i % (to - from + extra);
      return c < to - from ? poses[66 * Math.floor(i / (to - from + extra)) + from + c] : 0.01 * c;
    });
  const members: [string, Uint8Array][] = [
    ['trans', writeNpy([frames, 3], Float32Array.from(trans))],
    ['root_orient', writeNpy([frames, 3], columns(0, 3))],
    ['pose_body', writeNpy([frames, 63], columns(3, 66))],
    ['pose_hand', writeNpy([frames, 90], new Float32Array(frames * 90).fill(0.2))],
    ['mocap_frame_rate', writeNpy([], Float32Array.of(30))],
  ];
  for (const withPoses of [false, true]) {
    const bytes = writeNpz(
      withPoses ? [...members, ['poses', writeNpy([frames, 165], columns(0, 66, 99))]] : members,
    );
    const file = readAmass(bytes);
    assert.is(file.fps, 30);
    assert.ok(distances(amassJoints(file), joints).largest < 1e-5);
    const changed = joints.map((value, i) => (i % 3 === 1 ? value + 0.1 : value));
    const target = amassPoses(changed, file.poses);
    const written = replaceAmass(file, target.poses, target.trans);
    assert.ok(distances(amassJoints(readAmass(written)), changed).largest < 1e-5);
    const arrays = readNpz(written);
    assert.equal([...arrays.keys()], [...readNpz(bytes).keys()]);
    assert.equal(arrays.get('pose_hand')!.data, new Float32Array(frames * 90).fill(0.2));
    if (withPoses) assert.ok(Math.abs((arrays.get('poses')!.data as Float32Array)[165 + 70] - 0.7) < 1e-6);
  }
  assert.throws(() => readAmass(writeNpz(members.slice(0, 2))), refused(/mocap_frame/));
  assert.throws(() => readAmass(writeNpz([members[1]])), refused(/'trans'/));
  assert.throws(
    () =>
      readAmass(writeNpz([...members.slice(1), ['trans', writeNpy([frames + 1, 3], new Float32Array(27))]])),
    refused(/shape/),
  );
});

test('files at another rate are resampled, and written back at their own', () => {
  const dir = shared('mocap/amass');
  if (!dir) return;
  const [name, bytes] = filesOf(dir, '.npz')[0];
  const source = readAmass(bytes);
  const file = parseMotions(name, bytes, { fps: 30 });
  assert.is(file.motions[0].fps, 30);
  assert.is(file.motions[0].joints.length, resample(amassJoints(source), 66, 60, 30).length);
  const written = readAmass(file.encode(joinsOf(file)));
  assert.is(written.fps, 60);
  assert.ok(largestDifference(written.poses, source.poses) < 1e-4);
});

test('bytes that are no motion are refused with the reason', () => {
  assert.throws(() => parseMotions('a.txt', new Uint8Array(9)), refused(/\.npy, \.npz, \.bvh/));
  assert.throws(
    () => parseMotions('a.npy', writeNpy([5, 21, 3], new Float32Array(315))),
    refused(/\[5,21,3\]/),
  );
  assert.throws(() => parseMotions('a.npy', writeNpy([0, 22, 3], new Float32Array(0))), refused(/one frame/));
  assert.throws(() => parseMotions('a.npy', writeNpyObject(['x'])), refused(/dict/));
  assert.throws(() => parseMotions('a.npy', writeNpyObject(new Map([['motion', 1]]))), refused(/'motion'/));
});

test('files are read and written; the input is never replaced', async () => {
  const path = join(folder, 'walk.npy');
  const bytes = writeNpy([6, 22, 3], clip(6, 6));
  writeFileSync(path, bytes);
  const file = await readMotions(path);
  await assertRejects(() => writeMotions(file, file.motions, folder), /another folder/);
  await assertRejects(() => writeMotions(file, [], join(folder, 'out')), /Expected motions of 6 frames/);
  await assertRejects(
    () => writeMotions(file, [{ joints: new Float32Array(66) }], join(folder, 'out')),
    /6 frames but received 1/,
  );
  const written = await writeMotions(file, file.motions, join(folder, 'out'));
  assert.is(written, join(folder, 'out', 'walk.npy'));
  assert.equal(new Uint8Array(readFileSync(written)), bytes);
  const nested = await writeMotions(
    { ...file, path: join(folder, 'sub', 'b.npy') },
    file.motions,
    join(folder, 'out'),
    folder,
  );
  assert.is(nested, join(folder, 'out', 'sub', 'b.npy'));
  await assertRejects(() => readMotions(path, { maximumBytes: 10 }), /at most 10 bytes/);
});

async function assertRejects(run: () => Promise<unknown>, message: RegExp): Promise<void> {
  let caught: unknown;
  await run().catch((error: unknown) => {
    caught = error;
  });
  assert.instance(caught, Error);
  assert.match((caught as Error).message, message);
}

test.run();

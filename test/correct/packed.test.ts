/** Motions in the callers' memory: packed, into `out`, shared; and what must not be done with that memory. */
import { MessageChannel } from 'node:worker_threads';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type BatchOptions, CorrectorError, correctBatch, type PackedMotions } from '../../src/index.js';
import { encodeAllFrames } from '../../src/motion/features.js';
import { waving } from '../support/motions.js';

const LENGTHS = [40, 0, 25, 3, 60, 31];
const clips = LENGTHS.map((frames, i) => waving(frames, i));
const FRAMES = LENGTHS.reduce((sum, frames) => sum + frames, 0);
const pack = (into: Float32Array = new Float32Array(FRAMES * 66)): PackedMotions => {
  let at = 0;
  for (const clip of clips) {
    into.set(clip, at);
    at += clip.length;
  }
  return { joints: into, lengths: Int32Array.from(LENGTHS) };
};
const inputs = clips.map((joints) => ({ joints }));
const listed = correctBatch(inputs);

test('packed motions give the bytes of the same motions in a list, and views of whole arrays', async () => {
  const { motions, reports, summary } = await listed;
  const packed = await correctBatch(pack());
  assert.equal(packed.reports, reports);
  assert.equal(packed.motions, motions);
  assert.equal(packed.summary, summary);
  assert.equal([...packed.lengths], LENGTHS);
  assert.is(packed.contacts.length, FRAMES * 4);
  assert.equal(packed.joints, Float32Array.from(motions.flatMap(({ joints }) => [...joints])));
  for (const { joints, contacts } of packed.motions) {
    assert.is(joints.buffer, packed.joints.buffer);
    assert.is(contacts.buffer, packed.contacts.buffer);
  }
  // Of a list, each has its own.
  assert.is(new Set(motions.map(({ joints }) => joints.buffer)).size, motions.length);
  assert.is(packed.motions, packed.motions);
  assert.is(packed.reports, packed.reports);
});

test('packed motions go to any form, and may be kept by gamma', async () => {
  for (const options of [{ output: 'rotations' }, { output: 'features' }, { gamma: 1, seed: 4 }] as const) {
    const [list, packed] = await Promise.all([correctBatch(inputs, options), correctBatch(pack(), options)]);
    assert.equal(packed.motions, list.motions);
    assert.equal(packed.reports, list.reports);
  }
});

test('results are written to out, in both forms', async () => {
  const { motions } = await listed;
  for (const motionsIn of [inputs, pack()]) {
    const out = new Float32Array(FRAMES * 66).fill(7);
    const result = await correctBatch(motionsIn as PackedMotions, { out });
    assert.equal(out, Float32Array.from(motions.flatMap(({ joints }) => [...joints])));
    for (const { joints } of result.motions) assert.is(joints.buffer, out.buffer);
    assert.equal(result.motions, motions);
    if (motionsIn !== inputs) assert.is(result.joints, out);
  }
});

test('what is no motion by its shape has its place in out', async () => {
  const features = encodeAllFrames(clips[0]).fill(Number.NaN, 500, 501);
  const list = [inputs[0], { joints: clips[4].slice(0, 100) }, { features }, inputs[2]];
  const out = new Float32Array((40 + 1 + 40 + 25) * 66).fill(7);
  const { motions, reports } = await correctBatch(list, { out });
  assert.equal(
    reports.map(({ status }) => status),
    ['ok', 'rejected', 'rejected', 'ok'],
  );
  assert.equal(out.subarray(40 * 66, 41 * 66), clips[4].slice(0, 66));
  assert.equal(motions[1].joints, clips[4].slice(0, 100));
  assert.equal(out.subarray(81 * 66), (await listed).motions[2].joints);
  assert.equal(out.subarray(0, 40 * 66), (await listed).motions[0].joints);
});

test('shared memory is read and written like any other', async () => {
  const shared = () => new Float32Array(new SharedArrayBuffer(FRAMES * 264));
  const out = shared();
  const result = await correctBatch(pack(shared()), { out });
  assert.equal(result.motions, (await listed).motions);
  assert.instance(out.buffer, SharedArrayBuffer);
});

test('memory that could shrink is copied, so that shrinking it does no harm', async () => {
  const buffer = new (
    ArrayBuffer as unknown as new (
      size: number,
      options: object,
    ) => ArrayBuffer & { resize(size: number): void }
  )(FRAMES * 264, { maxByteLength: FRAMES * 264 });
  const pending = correctBatch(pack(new Float32Array(buffer)));
  buffer.resize(0);
  assert.equal((await pending).motions, (await listed).motions);
});

test('memory in use cannot be moved to another thread, and lengths may change', async () => {
  const many = Array.from({ length: 300 }, (_, i) => ({ joints: waving(60, i) }));
  const wanted = await correctBatch(many);
  const out = new Float32Array(300 * 60 * 66);
  const packed: PackedMotions = {
    joints: Float32Array.from(many.flatMap(({ joints }) => [...joints])),
    lengths: new Int32Array(300).fill(60),
  };
  const { port1, port2 } = new MessageChannel();
  const calls = [correctBatch(many), correctBatch(packed, { out })];
  packed.lengths.fill(1 << 30);
  for (const array of [packed.joints, out, ...many.map(({ joints }) => joints)])
    try {
      port1.postMessage(array, [array.buffer as ArrayBuffer]);
    } catch (error) {
      assert.is((error as Error).name, 'DataCloneError'); // Node 20 copies instead
    }
  const [list, whole] = await Promise.all(calls);
  port1.close();
  port2.close();
  assert.is(out.length, 300 * 60 * 66);
  assert.equal(list.motions, wanted.motions);
  assert.equal(whole.motions, wanted.motions);
});

const out = new Float32Array(FRAMES * 66);
const { joints: whole, lengths } = pack();
for (const [call, options, code, message] of [
  [
    { joints: whole, lengths: LENGTHS },
    {},
    'ERR_TYPE',
    'Expected an Int32Array for inputs.lengths but received an array of 6',
  ],
  [{ lengths }, {}, 'ERR_TYPE', 'Expected a Float32Array for inputs.joints but received undefined'],
  [
    { joints: whole.subarray(66), lengths },
    {},
    'ERR_SHAPE',
    'Expected 10494 values, 22 x 3 for each of the 159 frames of lengths, for inputs.joints but received Float32Array of 10428 values',
  ],
  [
    { joints: whole, lengths: Int32Array.of(160, -1) },
    {},
    'ERR_RANGE',
    'Expected a number of frames, 0 or more, for inputs.lengths[1] but received -1',
  ],
  [
    inputs,
    { out: out.subarray(1) },
    'ERR_SHAPE',
    'Expected 10494 values, 22 x 3 for each of 159 frames, for out but received Float32Array of 10493 values',
  ],
  [
    inputs,
    { out: [...out] },
    'ERR_TYPE',
    'Expected a Float32Array of fixed length for out but received an array of 10494',
  ],
  [
    { joints: out, lengths },
    { out },
    'ERR_RANGE',
    'Expected memory apart from that of the inputs for out but received Float32Array of 10494 values',
  ],
  [
    [...inputs.slice(0, 5), { joints: out.subarray(66, 66 + 31 * 66) }],
    { out },
    'ERR_RANGE',
    'Expected memory apart from that of the inputs for out but received Float32Array of 10494 values',
  ],
] as [PackedMotions, BatchOptions, string, string][])
  test(`a bad array is named: ${message.slice(0, 80)}`, async () => {
    try {
      await correctBatch(call, options);
    } catch (error) {
      assert.instance(error, CorrectorError);
      assert.is((error as CorrectorError).code, code);
      return assert.is((error as Error).message, message);
    }
    assert.unreachable('it did not reject');
  });

test('an input next to out in the same memory is no overlap', async () => {
  const both = new Float32Array(2 * FRAMES * 66);
  const packed = pack(both.subarray(0, FRAMES * 66));
  const { motions } = await correctBatch(packed, { out: both.subarray(FRAMES * 66) });
  assert.equal(motions, (await listed).motions);
});

test.run();

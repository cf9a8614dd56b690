import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Bvh, bvhFrameCount, channelCount, readBvh, writeBvh } from '../../src/io/bvh.js';
import { FormatError } from '../../src/io/format-error.js';
import { filesOf, largestDifference, shared } from './shared-data.js';

const SMALL = `HIERARCHY
ROOT Hips
{
  OFFSET 0 1 0
  CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation
  JOINT Upper Leg
  {
    OFFSET 0.1 0 0
    CHANNELS 3 Zrotation Xrotation Yrotation
    End Site
    {
      OFFSET 0 -0.4 0
    }
  }
}
MOTION
Frames: 2
Frame Time: 0.05
1 2 3 10 20 30 -1 -2 -3
4 5 6 1e1 0 .5 0 0 0
`;
const refused = (message: RegExp) => (error: Error) =>
  error instanceof FormatError && error.code === 'ERR_BVH' && message.test(error.message);

test('hierarchy, channels, end sites and values are read as written', () => {
  const bvh = readBvh(SMALL);
  assert.equal(bvh.joints, [
    {
      name: 'Hips',
      parent: -1,
      offset: [0, 1, 0],
      channels: ['Xposition', 'Yposition', 'Zposition', 'Zrotation', 'Xrotation', 'Yrotation'],
    },
    {
      name: 'Upper Leg',
      parent: 0,
      offset: [0.1, 0, 0],
      channels: ['Zrotation', 'Xrotation', 'Yrotation'],
      end: [0, -0.4, 0],
    },
  ]);
  assert.is(bvhFrameCount(bvh), 2);
  assert.is(bvh.frameTime, 0.05);
  assert.equal([...bvh.values.subarray(9)], [4, 5, 6, 10, 0, 0.5, 0, 0, 0]);
  assert.equal(readBvh(SMALL.replaceAll('\n', '\r\n')), bvh);
  assert.equal(readBvh(SMALL.replaceAll(/(Hips|Leg|Site)\n *\{/g, '$1 {')), bvh);
  assert.equal(readBvh(new TextEncoder().encode(`\ufeff${SMALL.toUpperCase()}`)).values, bvh.values);
});

test('what is written is read again: 20 real files', () => {
  assert.equal(readBvh(writeBvh(readBvh(SMALL))), readBvh(SMALL));
  const dir = shared('mocap/bvh');
  if (!dir) return;
  const files = filesOf(dir, '.bvh');
  assert.is(files.length, 20);
  for (const [name, bytes] of files) {
    const bvh = readBvh(bytes);
    const text = bytes.toString();
    assert.is(bvhFrameCount(bvh), Number(/Frames:\s+(\d+)/.exec(text)?.[1]), name);
    assert.is(
      channelCount(bvh),
      text
        .slice(text.lastIndexOf('\n', text.trimEnd().length - 1))
        .trim()
        .split(/\s+/).length,
    );
    const again = readBvh(writeBvh(bvh));
    assert.equal(again.joints, bvh.joints, name);
    assert.is(again.frameTime, bvh.frameTime);
    assert.ok(largestDifference(again.values, bvh.values) <= 5.1e-7, name);
  }
});

test('broken files are refused with the reason', () => {
  const cases: [string, RegExp][] = [
    ['', /HIERARCHY/],
    ['HIERARCHY\nMOTION', /joint/],
    [SMALL.replace('Frames: 2', 'Frames: 3'), /3 x 9 numbers/],
    [SMALL.replace('Frames: 2', 'Frames: 1'), /end after 1 x 9/],
    [SMALL.replace('Frames: 2', 'Frames: 99999999999'), /numbers/],
    [SMALL.replace('Frames: 2', 'Frames: -1'), /non-negative/],
    [SMALL.replace('0.05', '0'), /Frame Time/],
    [SMALL.replace('0.05', 'NaN'), /Frame Time/],
    [SMALL.replace('1e1', '1e999'), /value 12/],
    [SMALL.replace('1e1', 'x'), /value 12/],
    [SMALL.replace('OFFSET 0.1', 'OFFSET nan'), /number/],
    [SMALL.replace('CHANNELS 3', 'CHANNELS 7'), /0 to 6/],
    [SMALL.replace('CHANNELS 3 Z', 'CHANNELS 3 W'), /channel/],
    [SMALL.replace('JOINT', 'BONE'), /ROOT, JOINT/],
    [SMALL.replace('}\nMOTION', 'MOTION'), /'}'/],
    [SMALL.replace('}\nMOTION', '}\n}\nMOTION'), /'{'/],
    [SMALL.replace('ROOT Hips', 'ROOT'), /joint name/],
    [`HIERARCHY\n${'ROOT a\n{\n'.repeat(3)}`, /ROOT/],
    [`HIERARCHY\nROOT a\n{\n${'JOINT a\n{\n'.repeat(5000)}`, /deep/],
  ];
  for (const [text, message] of cases) assert.throws(() => readBvh(text), refused(message));
});

test('joints out of depth-first order and ragged values are not written', () => {
  const bvh = readBvh(SMALL);
  const leaf = { ...bvh.joints[1] };
  const swapped: Bvh = {
    ...bvh,
    joints: [bvh.joints[0], leaf, leaf, { ...leaf, parent: 1 }],
    values: new Float64Array(0),
  };
  assert.throws(() => writeBvh(swapped), /depth first/);
  assert.throws(() => writeBvh({ ...bvh, values: new Float64Array(10) }), /multiple of 9/);
});

test('reading two megabytes takes a fraction of a second', () => {
  const dir = shared('mocap/bvh');
  if (!dir) return;
  const bytes = readFileSync(`${dir}/13_07.bvh`);
  readBvh(bytes);
  const start = performance.now();
  readBvh(bytes);
  assert.ok(performance.now() - start < 500);
});

test.run();

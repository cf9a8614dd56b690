import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseMotions } from '../../src/data/motion-file.js';
import { readAmass } from '../../src/io/amass.js';
import { readBvh } from '../../src/io/bvh.js';
import { parseCsv } from '../../src/io/csv.js';
import { FormatError } from '../../src/io/format-error.js';
import { readNpy, readNpyHeader, writeNpy, writeNpyText } from '../../src/io/npy.js';
import { readNpz, writeNpz } from '../../src/io/npz.js';
import { PickleArray, readPickle } from '../../src/io/pickle.js';
import { readSafetensors, writeSafetensors } from '../../src/io/safetensors.js';
import { writeNpyObject, writePickle } from '../../src/io/write-pickle.js';
import { Random } from '../../src/random/random.js';
import { shared } from './shared-data.js';

/** Longest one reading of a small file may take [ms]; generous, for a shared machine. */
const LONGEST = 4000;
const LARGEST_GROWTH = 600e6;
const INTERESTING = [0, 1, 2, 0x7f, 0x80, 0xff, 0x28, 0x29, 0x2e, 0x5b, 0x7b, 0x7d, 0x0a, 0x20, 0x2d, 0x39];

/** One damaged copy: flipped bits, set bytes and numbers, cut, doubled, removed and swapped pieces. */
function mutate(bytes: Uint8Array, random: Random): Uint8Array {
  let out = Uint8Array.from(bytes);
  // most of a file is numbers; its structure is at the two ends
  const place = () => {
    const zone = random.integer(4);
    const reach = zone === 3 ? out.length : Math.min(out.length, 600);
    const at = random.integer(Math.max(1, reach));
    return zone === 1 ? out.length - 1 - at : at;
  };
  for (let n = 1 + random.integer(4); n > 0 && out.length > 0; n--) {
    const at = place();
    const length = Math.min(1 + random.integer(32), out.length - at);
    const other = place();
    switch (random.integer(8)) {
      case 0:
        out[at] ^= 1 << random.integer(8);
        break;
      case 1:
        out[at] = INTERESTING[random.integer(INTERESTING.length)];
        break;
      case 2:
        out[at] = random.integer(256);
        break;
      case 3:
        out.fill(0xff, at, at + Math.min(length, 8));
        break;
      case 4:
        out = out.slice(0, at);
        break;
      case 5:
        out = Uint8Array.from([...out.subarray(0, at), ...out.subarray(at + length)]);
        break;
      case 6:
        out = Uint8Array.from([...out.subarray(0, at + length), ...out.subarray(at)]);
        break;
      default:
        out.copyWithin(other, at, at + length);
    }
  }
  return out;
}

interface Target {
  name: string;
  seed: () => Uint8Array | undefined;
  read: (bytes: Uint8Array) => unknown;
  runs: number;
}

const fromFile =
  (path: string, limit = Number.POSITIVE_INFINITY) =>
  () => {
    const full = shared(path);
    return full ? Uint8Array.from(readFileSync(full).subarray(0, limit)) : undefined;
  };

/** A small BVH of a real hierarchy: the head of a file and its first frames. */
function shortBvh(): Uint8Array | undefined {
  const bytes = fromFile('mocap/bvh/Chicken_ID.bvh')();
  if (!bytes) return undefined;
  const lines = new TextDecoder().decode(bytes).split('\n');
  const frames = lines.findIndex((line) => line.startsWith('Frames:'));
  lines[frames] = 'Frames: 3';
  return new TextEncoder().encode(`${lines.slice(0, frames + 5).join('\n')}\n`);
}

function smallAmass(): Uint8Array {
  const frames = 3;
  return writeNpz([
    ['poses', writeNpy([frames, 156], new Float64Array(frames * 156).fill(0.1))],
    ['trans', writeNpy([frames, 3], new Float64Array(frames * 3))],
    ['gender', writeNpyText('neutral')],
    ['mocap_framerate', writeNpy([], Float64Array.of(60))],
  ]);
}

function smallResults(): Uint8Array {
  const motion = new PickleArray();
  motion.shape = [2, 22, 3, 5];
  motion.data = new Float32Array(2 * 66 * 5);
  return writeNpyObject(
    new Map<string, PickleArray | string[] | number[]>([
      ['motion', motion],
      ['text', ['a', 'b']],
      ['lengths', [5, 4]],
    ]),
  );
}

const TARGETS: Target[] = [
  { name: 'npy', seed: () => writeNpy([3, 22, 3], new Float32Array(198)), read: readNpy, runs: 4000 },
  { name: 'npz', seed: smallAmass, read: readNpz, runs: 3000 },
  { name: 'amass', seed: smallAmass, read: readAmass, runs: 1500 },
  {
    name: 'safetensors',
    seed: () =>
      writeSafetensors(
        [
          ['w', { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) }],
          ['b', { shape: [2], data: BigInt64Array.of(1n, 2n) }],
        ],
        { step: '1' },
      ),
    read: readSafetensors,
    runs: 4000,
  },
  {
    name: 'pickle',
    seed: () => writePickle(new Map([['a', [1, 2.5, 'x']]])),
    read: readPickle,
    runs: 6000,
  },
  {
    name: 'results',
    seed: smallResults,
    read: (bytes) => parseMotions('results.npy', bytes),
    runs: 4000,
  },
  {
    name: 'real results',
    seed: fromFile('mocap/mdm/results.npy'),
    read: (bytes) => readPickle(bytes.subarray(readNpyHeader(bytes).dataStart)),
    runs: 200,
  },
  { name: 'real bvh', seed: shortBvh, read: readBvh, runs: 2500 },
  {
    name: 'bvh motion',
    seed: shortBvh,
    read: (bytes) => parseMotions('a.bvh', bytes).motions[0],
    runs: 1500,
  },
  {
    name: 'amass motion',
    seed: smallAmass,
    read: (bytes) => parseMotions('a.npz', bytes).motions[0],
    runs: 800,
  },
  { name: 'real npz', seed: fromFile('mocap/amass/c013_10_0.npz'), read: readNpz, runs: 60 },
  {
    name: 'csv',
    seed: () => new TextEncoder().encode('id,caption\na,"walks, ""fast""\nand far"\nb,runs\nc,""\n'),
    read: (bytes) => parseCsv(new TextDecoder().decode(bytes)),
    runs: 1500,
  },
];

for (const { name, seed, read, runs } of TARGETS)
  test(`${name}: ${runs} damaged files are read or refused, in bounded time and memory`, () => {
    const bytes = seed();
    if (!bytes) return;
    read(bytes);
    const random = new Random(20, 'damage', name);
    let refused = 0;
    let slowest = 0;
    const before = process.memoryUsage();
    for (let run = 0; run < runs; run++) {
      const damaged = mutate(bytes, random);
      const start = performance.now();
      try {
        read(damaged);
      } catch (error) {
        if (!(error instanceof FormatError))
          throw new Error(
            `run ${run}: ${(error as Error).stack}\n${Buffer.from(damaged.subarray(0, 200)).toString('latin1')}`,
          );
        assert.match(error.message, /^Expected .+ for .+ but received /s);
        assert.ok(error.message.length < 1000);
        refused++;
      }
      slowest = Math.max(slowest, performance.now() - start);
    }
    const after = process.memoryUsage();
    assert.ok(slowest < LONGEST, `${slowest} ms`);
    assert.ok(after.rss - before.rss < LARGEST_GROWTH, `${after.rss - before.rss} bytes`);
    assert.ok(refused > runs / 20, `${refused} of ${runs} refused`);
  });

test.run();

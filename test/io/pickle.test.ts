import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FormatError } from '../../src/io/format-error.js';
import { readNpyHeader, readNumbers } from '../../src/io/npy.js';
import { PickleArray, type PickleValue, readPickle } from '../../src/io/pickle.js';
import { writeNpyObject, writePickle } from '../../src/io/write-pickle.js';
import { NUMPY_FILES } from './numpy-files.js';
import { shared } from './shared-data.js';

const bytesOf = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const refused = (message: RegExp) => (error: Error) =>
  error instanceof FormatError && error.code === 'ERR_PICKLE' && message.test(error.message);

function dictOf(value: PickleValue): Map<PickleValue, PickleValue> {
  const inner = value instanceof PickleArray ? (value.data as PickleValue[])[0] : value;
  assert.instance(inner, Map);
  return inner as Map<PickleValue, PickleValue>;
}

test('reads numpy objects of protocols 2 to 5', () => {
  for (const name of ['pickle2', 'pickle3', 'pickle4', 'pickle5'] as const) {
    const dict = dictOf(readPickle(new Uint8Array(inflateSync(Buffer.from(NUMPY_FILES[name], 'base64')))));
    const motion = dict.get('motion') as PickleArray;
    assert.equal(motion.shape, [2, 3, 2]);
    assert.equal(
      motion.data,
      Float32Array.from({ length: 12 }, (_, i) => i),
    );
    assert.equal((dict.get('fortran') as PickleArray).data, Float64Array.of(0, 1, 2, 3, 4, 5));
    assert.equal((dict.get('lengths') as PickleArray).data, BigInt64Array.of(2n, 1n));
    assert.equal(dict.get('text'), ['walk', 'rén']);
    assert.is(dict.get('same'), dict.get('text'));
    assert.equal((dict.get('words') as PickleArray).data, ['a', 'bc']);
    assert.equal(dict.get('t'), [1, 2, 3, 4]);
    assert.equal(
      ['n', 'x', 'neg', 'big', 'none', 'flag'].map((key) => dict.get(key)),
      [7, 1.5, -3, 2 ** 40, null, true],
    );
  }
});

test("a text-to-motion model's results.npy holds the clips it was made from", () => {
  const path = shared('mocap/mdm/results.npy');
  const joints = shared('mocap/joints');
  if (!path || !joints) return;
  const bytes = readFileSync(path);
  const dict = dictOf(readPickle(bytes.subarray(readNpyHeader(bytes).dataStart)));
  const motion = dict.get('motion') as PickleArray;
  assert.equal(motion.shape, [6, 22, 3, 60]);
  assert.equal([...dict.keys()].sort(), ['lengths', 'motion', 'num_repetitions', 'num_samples', 'text']);
  assert.ok((dict.get('text') as string[]).every((text) => typeof text === 'string' && text.length > 5));
  const data = motion.data as Float32Array;
  // every bone of the first sample has the length the clips have
  const clip = readNumbers(readFileSync(`${joints}/c002_01_0.npy`)).data as Float32Array;
  const bone = (from: (c: number) => number, to: (c: number) => number) =>
    Math.hypot(to(0) - from(0), to(1) - from(1), to(2) - from(2));
  const sample = (j: number) => (c: number) => data[(j * 3 + c) * 60 + 7];
  const real = (j: number) => (c: number) => clip[3 * j + c];
  assert.ok(Math.abs(bone(sample(1), sample(4)) - bone(real(1), real(4))) < 1e-5);
});

test('what is written is read again', () => {
  const array = new PickleArray();
  array.shape = [2, 2];
  array.data = Float32Array.of(1, 2, 3, 4);
  const words = new PickleArray();
  words.shape = [2];
  words.data = ['a', 'b'];
  const value = new Map<PickleValue, PickleValue>([
    ['motion', array],
    ['words', words],
    ['text', ['walk', 'ü']],
    ['numbers', [0, -1, 2 ** 31, 1.25, -0, Number.POSITIVE_INFINITY]],
    ['nothing', null],
    ['flags', [true, false]],
    ['bytes', Uint8Array.of(1, 2)],
    ['nested', new Map<PickleValue, PickleValue>([[3, []]])],
  ]);
  assert.equal(readPickle(writePickle(value)), value);
  const file = writeNpyObject(value);
  const header = readNpyHeader(file);
  assert.is(header.descr, '|O');
  assert.equal(dictOf(readPickle(file.subarray(header.dataStart))), value);
});

test('nothing is executed and unknown names are refused', () => {
  assert.throws(
    () => readPickle(bytesOf('\x80\x03cos\nsystem\nX\x04\0\0\0true\x85R.')),
    refused(/os system/),
  );
  assert.throws(
    () => readPickle(bytesOf('\x80\x04\x8c\x08builtins\x8c\x04eval\x93.')),
    refused(/builtins eval/),
  );
  assert.throws(() => readPickle(bytesOf('\x80\x03cnumpy\nload\n.')), refused(/numpy load/));
  assert.throws(() => readPickle(bytesOf('\x80\x03}(X\x01\0\0\0ae.')), refused(/list/));
  assert.throws(() => readPickle(bytesOf('\x80\x03K\x01')), refused(/bytes/));
  assert.throws(() => readPickle(bytesOf('\x80\x03.')), refused(/stack/));
  assert.throws(() => readPickle(bytesOf('\x80\x03cnumpy\nndarray\n.')), refused(/value/));
  assert.throws(() => readPickle(bytesOf('\x80\x03B\xff\xff\xff\xffa.')), refused(/4294967295 bytes/));
  assert.throws(() => readPickle(bytesOf('\x80\x03t.')), refused(/mark/));
  assert.throws(() => readPickle(bytesOf('\x80\x03P.')), refused(/operation/));
});

test('a small file cannot fill the memory by naming its data again and again', () => {
  const array = new PickleArray();
  array.shape = [50_000];
  array.data = new Uint8Array(50_000);
  // the state of the array stays in the memo: (1, shape, type, False, bytes), built 10,000 times
  const written = Buffer.from(writePickle(array)).subarray(0, -1);
  const state = written.lastIndexOf(0x74);
  const repeat: number[] = [];
  for (let i = 0; i < 10_000; i++) repeat.push(0x68, 1, 0x62);
  const bomb = Buffer.concat([written.subarray(0, state + 1), Buffer.from([0x71, 1, 0x62, ...repeat, 0x2e])]);
  assert.throws(() => readPickle(bomb), refused(/repeated copies/));
});

test.run();

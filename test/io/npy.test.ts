import { inflateSync } from 'node:zlib';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { NumberArray } from '../../src/io/array.js';
import { FormatError } from '../../src/io/format-error.js';
import { readNpy, readNumbers, writeNpy, writeNpyText } from '../../src/io/npy.js';
import { readNpz, writeNpz } from '../../src/io/npz.js';
import { crc32, readZip, writeZip } from '../../src/io/zip.js';
import { NUMPY_FILES } from './numpy-files.js';

const numpy = (name: keyof typeof NUMPY_FILES) =>
  new Uint8Array(inflateSync(Buffer.from(NUMPY_FILES[name], 'base64')));
const header = (text: string, data = 0) => {
  const bytes = new Uint8Array(10 + text.length + data);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length & 255, text.length >> 8]);
  bytes.set(Buffer.from(text), 10);
  return bytes;
};
const refused = (code: string, message: RegExp) => (error: Error) =>
  error instanceof FormatError && error.code === code && message.test(error.message);

test('reads what numpy wrote: byte orders, Fortran order, versions, text, booleans, scalars', () => {
  const six = [0, 1, 2, 3, 4, 5];
  assert.equal(readNpy(numpy('bigEndianFortran')), {
    shape: [2, 3],
    data: Float64Array.from(six, (value) => 1.5 * value),
  });
  assert.equal(readNpy(numpy('int64')).data, BigInt64Array.from(six, BigInt));
  assert.equal(readNpy(numpy('bool')).data, Uint8Array.of(0, 1, 0, 1, 0, 1));
  assert.equal(readNpy(numpy('uint16be')).data, Uint16Array.from(six));
  assert.equal(readNpy(numpy('unicode')).data, ['neutral', 'maé😀']);
  assert.equal(readNpy(numpy('bytes')).data, ['ab', 'c']);
  assert.equal(readNpy(numpy('scalar')), { shape: [], data: Float64Array.of(120) });
  assert.equal(readNpy(numpy('version2')).data, Float32Array.from(six));
  assert.equal(readNpy(numpy('version3')), { shape: [2, 3], data: Int32Array.from(six) });
});

test('a buffer with an offset and a view of a pool reads the same', () => {
  const bytes = numpy('version3');
  const wide = new Uint8Array(bytes.length + 3);
  wide.set(bytes, 3);
  assert.equal(readNpy(wide.subarray(3)), readNpy(bytes));
  const pooled = Buffer.from(bytes);
  const { data } = readNpy(pooled);
  pooled.fill(0);
  assert.equal([...(data as Int32Array)], [0, 1, 2, 3, 4, 5]);
});

test('Fortran order of three dimensions is put into C order', () => {
  const text = "{'descr': '<i4', 'fortran_order': True, 'shape': (2, 3, 2), }\n";
  const bytes = header(text, 48);
  // element (i, j, k) lies at i + 2 j + 6 k; give it the value 100 i + 10 j + k
  const view = new DataView(bytes.buffer, 10 + text.length);
  for (let i = 0; i < 2; i++)
    for (let j = 0; j < 3; j++)
      for (let k = 0; k < 2; k++) view.setInt32(4 * (i + 2 * j + 6 * k), 100 * i + 10 * j + k, true);
  assert.equal(
    [...(readNpy(bytes).data as Int32Array)],
    [0, 1, 10, 11, 20, 21, 100, 101, 110, 111, 120, 121],
  );
});

test('every element type and shape survives writing and reading', () => {
  const arrays: NumberArray[] = [
    Float32Array.of(1.5, -2, 1e-45),
    Float64Array.of(Math.PI, 1e300, -0),
    Int8Array.of(-128, 1, 127),
    Int16Array.of(-32768, 0, 5),
    Int32Array.of(-(2 ** 31), 0, 7),
    BigInt64Array.of(-(2n ** 63n), 0n, 9n),
    Uint8Array.of(0, 128, 255),
    Uint16Array.of(0, 1, 65535),
    Uint32Array.of(0, 1, 2 ** 32 - 1),
    BigUint64Array.of(0n, 1n, 2n ** 64n - 1n),
  ];
  for (const data of arrays)
    for (const shape of [[3], [1, 3], [3, 1, 1]]) {
      const bytes = writeNpy(shape, data);
      assert.is((bytes.length - data.byteLength) % 64, 0);
      assert.equal(readNpy(bytes), { shape, data });
    }
  assert.equal(readNpy(writeNpy([0, 5], new Float32Array(0))).shape, [0, 5]);
  assert.equal(readNpy(writeNpyText('neutral')), { shape: [], data: ['neutral'] });
  assert.throws(() => writeNpy([2, 2], new Float32Array(3)), /Expected 4 elements/);
});

test('hostile npy headers are refused with the reason', () => {
  const cases: [Uint8Array, RegExp][] = [
    [new Uint8Array(0), /start of an npy file/],
    [header("{'descr': '<f4', 'fortran_order': False, 'shape': (9007199254740991,), }"), /bytes/],
    [header("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }"), /2\^53/],
    [header("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }"), /non-negative/],
    [header("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", 11), /Expected 12 bytes/],
    [header("{'descr': '<U999999999', 'fortran_order': False, 'shape': (2,), }"), /bytes/],
    [header("{'descr': '|S0', 'fortran_order': False, 'shape': (99999999,), }"), /number of strings/],
    [header("{'descr': '<c8', 'fortran_order': False, 'shape': (), }"), /element type/],
    [header("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (), }"), /structured/],
    [header("{'descr': '|O', 'fortran_order': False, 'shape': (), }"), /pickles/],
    [header("{'descr': '<f4', 'shape': (), }"), /fortran_order/],
    [header("__import__('os').system('true')"), /Python/],
    [header(`${'('.repeat(5000)}`), /levels/],
    [header("{'descr': '<f4'"), /Python|','/],
  ];
  for (const [bytes, message] of cases) assert.throws(() => readNpy(bytes), refused('ERR_NPY', message));
  assert.throws(() => readNumbers(writeNpyText('a')), refused('ERR_NPY', /numbers/));
});

test('npz: members survive, equal input gives equal bytes', () => {
  const members = [
    ['poses', writeNpy([2, 2], Float64Array.of(1, 2, 3, 4))],
    ['gender', writeNpyText('female')],
  ] as const;
  const bytes = writeNpz(members);
  assert.equal(writeNpz(members), bytes);
  const read = readNpz(bytes);
  assert.equal([...read.keys()], ['poses', 'gender']);
  assert.equal(read.get('poses'), { shape: [2, 2], data: Float64Array.of(1, 2, 3, 4) });
  assert.equal([...readNpz(bytes, { filter: (name) => name === 'gender' }).keys()], ['gender']);
  assert.throws(() => readNpz(writeZip([['a.txt', new Uint8Array(1)]])), refused('ERR_NPZ', /arrays/));
});

test('zip: checksum of the standard, any contents, damaged members and bombs', () => {
  assert.is(crc32(Buffer.from('123456789')), 0xcbf43926);
  fc.assert(
    fc.property(
      fc.uniqueArray(
        fc.tuple(fc.string({ minLength: 1, unit: 'grapheme' }), fc.uint8Array({ maxLength: 300 })),
        {
          selector: ([name]) => name,
          maxLength: 6,
        },
      ),
      (members) => {
        const read = readZip(writeZip(members));
        assert.equal(
          [...read].map(([name, data]) => [name, [...data]]),
          members.map(([name, data]) => [name, [...data]]),
        );
      },
    ),
  );
  const bytes = writeZip([['a', new Uint8Array(5000)]]);
  const damaged = bytes.slice();
  damaged[31 + 5] ^= 0x40;
  assert.throws(() => readZip(damaged), refused('ERR_NPZ', /checksum|deflated|bytes/));
  const bomb = writeZip([['a', new Uint8Array(1 << 22)]]);
  assert.throws(() => readZip(bomb, { maximumBytes: 1 << 20 }), refused('ERR_NPZ', /at most 1048576/));
  // a member that unpacks to more than its directory entry says stops at the limit
  const lying = bomb.slice();
  const central = lying.length - 22 - 47;
  new DataView(lying.buffer).setUint32(central + 24, 100, true);
  assert.throws(() => readZip(lying), refused('ERR_NPZ', /100 bytes/));
  assert.throws(() => readZip(new Uint8Array(10)), refused('ERR_NPZ', /end record/));
});

test.run();

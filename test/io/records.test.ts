import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { NdArray, NumberArray } from '../../src/io/array.js';
import { parseCsv } from '../../src/io/csv.js';
import { FormatError } from '../../src/io/format-error.js';
import { appendJsonl, parseJsonl, readJsonl } from '../../src/io/jsonl.js';
import { readSafetensors, writeSafetensors } from '../../src/io/safetensors.js';

const folder = mkdtempSync(join(tmpdir(), 'selfcorrect-io-'));
test.after(() => rmSync(folder, { recursive: true }));
const refused = (code: string, message: RegExp) => (error: Error) =>
  error instanceof FormatError && error.code === code && message.test(error.message);

function safetensors(header: unknown, data: number): Uint8Array {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + data);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

test('safetensors: bytes as the format says, every type survives', () => {
  const tensors: [string, NdArray<NumberArray>][] = [
    ['a', { shape: [2, 1], data: Float32Array.of(1, 2) }],
    ['b.weight', { shape: [], data: Float64Array.of(Math.E) }],
    ['c', { shape: [3], data: BigInt64Array.of(1n, -1n, 2n ** 62n) }],
    ['d', { shape: [0, 4], data: new Int32Array(0) }],
    ['e', { shape: [1], data: Uint8Array.of(7) }],
  ];
  const bytes = writeSafetensors(tensors, { step: '3' });
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  assert.is(length % 8, 0);
  const header = JSON.parse(Buffer.from(bytes.subarray(8, 8 + length)).toString());
  assert.equal(header.a, { dtype: 'F32', shape: [2, 1], data_offsets: [0, 8] });
  assert.equal(header['b.weight'].data_offsets, [8, 16]);
  assert.is(new DataView(bytes.buffer, 8 + length).getFloat32(4, true), 2);
  const read = readSafetensors(bytes);
  assert.equal([...read.tensors], tensors);
  assert.equal({ ...read.metadata }, { step: '3' });
  assert.equal(writeSafetensors(read.tensors, read.metadata), bytes);
});

test('safetensors: hostile headers are refused', () => {
  const entry = (range: unknown, shape: unknown = [2], dtype = 'F32') => ({
    dtype,
    shape,
    data_offsets: range,
  });
  const cases: [Uint8Array, RegExp][] = [
    [new Uint8Array(4), /8 bytes/],
    [Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255), /header/],
    [safetensors('{', 0), /JSON/],
    [safetensors([], 0), /object/],
    [safetensors({ a: entry([0, 8]) }, 4), /8 of 4 bytes/],
    [safetensors({ a: entry([0, 8]) }, 12), /8 bytes/],
    [safetensors({ a: entry([4, 12]) }, 12), /start of the next tensor/],
    [safetensors({ a: entry([0, 8]), b: entry([0, 8]) }, 8), /start of the next tensor/],
    [safetensors({ a: entry([0, 8], [-2]) }, 8), /non-negative/],
    [safetensors({ a: entry([0, 8], [2 ** 30, 2 ** 30]) }, 8), /2\^53/],
    [safetensors({ a: entry([8, 0]) }, 8), /8 of 8 bytes/],
    [safetensors({ a: entry(['0', 8]) }, 8), /two integers/],
    [safetensors({ a: entry([0, 8], [2], 'F16') }, 8), /F32/],
    [safetensors({ a: entry([0, 8], [2], 'constructor') }, 8), /F32/],
    [safetensors({ __metadata__: { a: 1 } }, 0), /string/],
  ];
  for (const [bytes, message] of cases)
    assert.throws(() => readSafetensors(bytes), refused('ERR_SAFETENSORS', message));
  const one = { shape: [1], data: Float32Array.of(1) };
  assert.throws(() => writeSafetensors([['a', { ...one, shape: [2] }]]), /Expected 2 elements/);
  assert.throws(
    () =>
      writeSafetensors([
        ['a', one],
        ['a', one],
      ]),
    /one tensor/,
  );
  const prototype = readSafetensors(safetensors('{"__metadata__":{"__proto__":"x"}}', 0));
  assert.is(({} as Record<string, unknown>).x, undefined);
  assert.is(prototype.metadata.constructor, undefined);
});

test('jsonl: appends, survives a torn last line of any length', () => {
  const path = join(folder, 'log.jsonl');
  appendJsonl(path, { a: 1 });
  appendJsonl(path, { b: [1, 2] }, 'three');
  assert.equal(readJsonl(path), [{ a: 1 }, { b: [1, 2] }, 'three']);
  for (const torn of ['{"c":', 'x'.repeat(200_000)]) {
    const before = readFileSync(path);
    appendFileSync(path, torn);
    assert.equal(readJsonl(path).length, before.toString().split('\n').length - 1);
    appendJsonl(path, { d: torn.length });
    assert.equal(readFileSync(path, 'utf8'), `${before}{"d":${torn.length}}\n`);
  }
  writeFileSync(path, 'only a torn line');
  appendJsonl(path, 1);
  assert.equal(readJsonl(path), [1]);
  assert.throws(() => parseJsonl('{}\nnope\n'), refused('ERR_JSONL', /line 2/));
  assert.throws(() => appendJsonl(path, undefined), TypeError);
});

test('csv: quotes, commas and line breaks inside quotes, short rows', () => {
  const text = 'id,caption,n\r\na,"walks, then ""runs""\nfast",3\r\nb,,\r\nc\n\n"d","e"';
  assert.equal(
    parseCsv(text).map((row) => ({ ...row })),
    [
      { id: 'a', caption: 'walks, then "runs"\nfast', n: '3' },
      { id: 'b', caption: '', n: '' },
      { id: 'c', caption: '', n: '' },
      { id: 'd', caption: 'e', n: '' },
    ],
  );
  assert.equal(parseCsv(''), []);
  assert.throws(() => parseCsv('a\n"b'), refused('ERR_CSV', /closing quote/));
  assert.throws(() => parseCsv('a\nb,c'), refused('ERR_CSV', /1 fields/));
  const field = fc.string();
  fc.assert(
    fc.property(fc.array(fc.tuple(field, field), { minLength: 1 }), (rows) => {
      const quoted = rows
        .map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(','))
        .join('\n');
      assert.equal(
        parseCsv(`a,b\n${quoted}\n`).map((row) => [row.a, row.b]),
        rows,
      );
    }),
  );
});

test.run();

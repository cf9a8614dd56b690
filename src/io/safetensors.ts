import {
  copyElements,
  countElements,
  type ElementType,
  elementSize,
  elementTypeOf,
  type NdArray,
  type NumberArray,
} from './array.js';
import { FormatError } from './format-error.js';

/**
 * Safetensors (huggingface/safetensors): a little-endian 8-byte header length, a JSON header that maps names to type, shape
 * and byte range, then the raw elements. Ranges must tile the data without holes or overlaps.
 */

const TYPES: Readonly<Record<string, ElementType>> = {
  F32: 'f4',
  F64: 'f8',
  I8: 'i1',
  I16: 'i2',
  I32: 'i4',
  I64: 'i8',
  U8: 'u1',
  U16: 'u2',
  U32: 'u4',
  U64: 'u8',
  BOOL: 'b1',
};
const NAMES = new Map(Object.entries(TYPES).map(([name, type]) => [type, name]));
const METADATA = '__metadata__';
/** The reference implementation's limit. */
const MAXIMUM_HEADER = 100_000_000;

export interface Safetensors {
  tensors: Map<string, NdArray<NumberArray>>;
  metadata: Record<string, string>;
}

function fail(expected: string, what: string, received: unknown): never {
  throw new FormatError('ERR_SAFETENSORS', expected, what, received);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function readMetadata(value: unknown): Record<string, string> {
  if (!isRecord(value)) return fail('an object', METADATA, typeof value);
  const metadata: Record<string, string> = Object.create(null);
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string') return fail('a string', `${METADATA} ${key}`, typeof text);
    metadata[key] = text;
  }
  return metadata;
}

/**
 * Reads a safetensors file; tensors own their memory.
 * @throws FormatError `ERR_SAFETENSORS`.
 */
export function readSafetensors(bytes: Uint8Array): Safetensors {
  if (bytes.length < 8) fail('8 bytes or more', 'safetensors', bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
  if (length > Math.min(bytes.length - 8, MAXIMUM_HEADER))
    fail(`at most ${Math.min(bytes.length - 8, MAXIMUM_HEADER)} bytes`, 'the safetensors header', length);
  const text = new TextDecoder().decode(bytes.subarray(8, 8 + length));
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch {
    fail('JSON', 'the safetensors header', text);
  }
  if (!isRecord(header)) return fail('an object', 'the safetensors header', typeof header);
  const data = bytes.subarray(8 + length);
  const result: Safetensors = { tensors: new Map(), metadata: Object.create(null) };
  const ranges: [number, number][] = [];
  for (const [name, entry] of Object.entries(header)) {
    if (name === METADATA) {
      result.metadata = readMetadata(entry);
      continue;
    }
    if (!isRecord(entry)) return fail('an object', `tensor ${name}`, typeof entry);
    const { dtype, shape, data_offsets: range } = entry;
    if (!(typeof dtype === 'string' && Object.hasOwn(TYPES, dtype)))
      return fail(Object.keys(TYPES).join(', '), `the type of tensor ${name}`, dtype);
    if (!Array.isArray(shape)) return fail('an array', `the shape of tensor ${name}`, typeof shape);
    const type = TYPES[dtype];
    const count = countElements(shape, 'ERR_SAFETENSORS', `the shape of tensor ${name}`);
    if (!(Array.isArray(range) && range.length === 2 && range.every((at) => Number.isSafeInteger(at))))
      return fail('two integers', `the range of tensor ${name}`, JSON.stringify(range));
    const [start, end] = range as [number, number];
    if (!(start >= 0 && end <= data.length && end - start === count * elementSize(type)))
      fail(`${count * elementSize(type)} of ${data.length} bytes`, `tensor ${name}`, `${start}..${end}`);
    ranges.push([start, end]);
    result.tensors.set(name, { shape, data: copyElements(data, start, type, count, false) });
  }
  ranges.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let covered = 0;
  for (const [start, end] of ranges) {
    if (start !== covered) fail(`byte ${covered}`, 'the start of the next tensor', start);
    covered = end;
  }
  if (covered !== data.length) fail(`${covered} bytes`, 'the data of safetensors', data.length);
  return result;
}

/**
 * Writes tensors in the given order after a header padded to 8 bytes. Equal input gives equal bytes.
 * @throws RangeError when a shape does not hold its data.
 */
export function writeSafetensors(
  tensors: Iterable<readonly [string, NdArray<NumberArray>]>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const header = new Map<string, unknown>();
  if (Object.keys(metadata).length > 0) header.set(METADATA, metadata);
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const [name, { shape, data }] of tensors) {
    const count = shape.reduce((product, size) => product * size, 1);
    if (count !== data.length)
      throw new RangeError(
        `Expected ${count} elements for tensor ${name} [${shape}] but received ${data.length}`,
      );
    if (header.has(name)) throw new RangeError(`Expected one tensor for the name ${name} but received two`);
    header.set(name, {
      dtype: NAMES.get(elementTypeOf(data)),
      shape,
      data_offsets: [offset, offset + data.byteLength],
    });
    parts.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    offset += data.byteLength;
  }
  const fields = [...header].map(([name, entry]) => `${JSON.stringify(name)}:${JSON.stringify(entry)}`);
  const json = new TextEncoder().encode(`{${fields.join(',')}}`);
  const length = Math.ceil(json.length / 8) * 8;
  const out = new Uint8Array(8 + length + offset).fill(0x20, 8, 8 + length);
  new DataView(out.buffer).setBigUint64(0, BigInt(length), true);
  out.set(json, 8);
  let at = 8 + length;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

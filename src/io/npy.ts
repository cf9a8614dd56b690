import {
  copyElements,
  countElements,
  type ElementType,
  elementSize,
  elementTypeOf,
  isElementType,
  type NdArray,
  type NumberArray,
  toRowMajor,
} from './array.js';
import { FormatError } from './format-error.js';
import { type PythonValue, parsePythonLiteral } from './python-literal.js';

/**
 * numpy's array file (NEP 1): "\x93NUMPY", version, header length, a Python dict literal with descr, fortran_order and shape,
 * then the raw elements. Versions 1 to 3; numbers, booleans and fixed-length strings; any byte order and memory order.
 */

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** A header is a line of text; numpy itself refuses more than this by default. */
const MAXIMUM_HEADER = 10_000;
const ALIGNMENT = 64;

export interface NpyHeader {
  /** numpy's type string, e.g. `<f4`; `|O` is a pickle. */
  descr: string;
  fortranOrder: boolean;
  shape: number[];
  /** Where the elements begin. */
  dataStart: number;
}

function fail(expected: string, what: string, received: unknown): never {
  throw new FormatError('ERR_NPY', expected, what, received);
}

function field(fields: Map<PythonValue, PythonValue>, name: string): PythonValue {
  const value = fields.get(name);
  return value === undefined ? fail(`an entry '${name}'`, 'the npy header', 'none') : value;
}

/** Reads the header only. */
export function readNpyHeader(bytes: Uint8Array): NpyHeader {
  if (bytes.length < 10 || MAGIC.some((byte, i) => bytes[i] !== byte))
    fail('the bytes \\x93NUMPY', 'the start of an npy file', Array.from(bytes.subarray(0, 6)));
  const version = bytes[6];
  if (version < 1 || version > 3) fail('1, 2 or 3', 'the npy version', version);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = version === 1 ? 10 : 12;
  if (bytes.length < start) fail('a header length', 'npy', `${bytes.length} bytes`);
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > MAXIMUM_HEADER || start + length > bytes.length)
    fail(`at most ${Math.min(MAXIMUM_HEADER, bytes.length - start)} bytes`, 'the npy header', length);
  const decoder = new TextDecoder(version === 3 ? 'utf-8' : 'latin1');
  const fields = parsePythonLiteral(decoder.decode(bytes.subarray(start, start + length)), 'ERR_NPY');
  if (!(fields instanceof Map)) return fail('a dict', 'the npy header', typeof fields);
  const descr = field(fields, 'descr');
  if (typeof descr !== 'string')
    return fail('a plain type (structured arrays are not read)', "'descr' of npy", typeof descr);
  const fortranOrder = field(fields, 'fortran_order');
  if (typeof fortranOrder !== 'boolean')
    return fail('True or False', "'fortran_order' of npy", String(fortranOrder));
  const shape = field(fields, 'shape');
  if (!Array.isArray(shape)) return fail('a tuple', "'shape' of npy", typeof shape);
  countElements(shape, 'ERR_NPY', "'shape' of npy");
  return { descr, fortranOrder, shape: shape as number[], dataStart: start + length };
}

/** The elements of numpy type `descr` at the end of which nothing must follow. */
export function readElements(bytes: Uint8Array, descr: string, count: number): NumberArray | string[] {
  const match = /^([<>|=])([a-zA-Z])(\d{1,9})$/.exec(descr);
  if (!match) return fail("a type such as '<f4'", "'descr' of npy", descr);
  const [, order, kind, digits] = match;
  const bigEndian = order === '>';
  const size = Number(digits) * (kind === 'U' ? 4 : 1);
  const type = `${kind}${digits}`;
  const isText = kind === 'U' || kind === 'S';
  if (!isText && !isElementType(type))
    return fail('f4, f8, i1..i8, u1..u8, b1, U or S', 'the element type of npy', descr);
  if (count * size > bytes.length)
    fail(`${count * size} bytes`, `${count} elements of ${descr}`, `${bytes.length} bytes`);
  if (!isText) return copyElements(bytes, 0, type as ElementType, count, bigEndian);
  if (count > bytes.length) fail(`at most ${bytes.length}`, 'the number of strings', count);
  return Array.from({ length: count }, (_, i) =>
    readText(bytes.subarray(i * size, (i + 1) * size), kind === 'U', bigEndian),
  );
}

function readText(bytes: Uint8Array, wide: boolean, bigEndian: boolean): string {
  if (!wide) return new TextDecoder('latin1').decode(bytes).replace(/\0+$/, '');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text = '';
  for (let at = 0; at < bytes.length; at += 4) {
    const point = view.getUint32(at, !bigEndian);
    if (point > 0x10ffff) fail('a Unicode character', 'a string of npy', point);
    text += String.fromCodePoint(point);
  }
  return text.replace(/\0+$/, '');
}

/**
 * Reads an npy file into C order, native byte order.
 * @throws FormatError `ERR_NPY` for anything else, a truncated file, object and structured arrays.
 */
export function readNpy(bytes: Uint8Array): NdArray {
  const header = readNpyHeader(bytes);
  if (header.descr === '|O') fail('numbers (object arrays are pickles)', "'descr' of npy", header.descr);
  const count = countElements(header.shape, 'ERR_NPY', "'shape' of npy");
  const data = readElements(bytes.subarray(header.dataStart), header.descr, count);
  return {
    shape: header.shape,
    data: header.fortranOrder ? toRowMajor(data, header.shape) : data,
  };
}

/** Like `readNpy`, for files that must hold numbers. */
export function readNumbers(bytes: Uint8Array): NdArray<NumberArray> {
  const { shape, data } = readNpy(bytes);
  if (Array.isArray(data)) return fail('numbers', 'the elements of npy', 'strings');
  return { shape, data };
}

/** The header bytes of an npy file, padded so that the data begin at a multiple of 64. */
export function npyHeader(descr: string, shape: readonly number[]): Uint8Array {
  const dims = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${dims}), }`;
  const length = Math.ceil((10 + text.length + 1) / ALIGNMENT) * ALIGNMENT - 10;
  const bytes = new Uint8Array(10 + length).fill(0x20);
  bytes.set(MAGIC);
  bytes.set([1, 0, length & 0xff, length >> 8], 6);
  bytes.set(new TextEncoder().encode(text), 10);
  bytes[bytes.length - 1] = 0x0a;
  return bytes;
}

/** numpy's little-endian type string of a typed array. */
export function descrOf(data: NumberArray): string {
  const type = elementTypeOf(data);
  return `${elementSize(type) > 1 ? '<' : '|'}${type}`;
}

/**
 * Writes an npy file (version 1, C order, little endian).
 * @throws RangeError when the shape does not hold `data.length` elements.
 */
export function writeNpy(shape: readonly number[], data: NumberArray): Uint8Array {
  const count = shape.reduce((product, size) => product * size, 1);
  if (count !== data.length)
    throw new RangeError(`Expected ${count} elements for shape [${shape}] but received ${data.length}`);
  const header = npyHeader(descrOf(data), shape);
  const out = new Uint8Array(header.length + data.byteLength);
  out.set(header);
  out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), header.length);
  return out;
}

/** Writes one string as numpy does: shape (), type U. */
export function writeNpyText(text: string): Uint8Array {
  const points = Uint32Array.from(text, (character) => character.codePointAt(0)!);
  const header = npyHeader(`<U${points.length}`, []);
  const out = new Uint8Array(header.length + points.byteLength);
  out.set(header);
  out.set(new Uint8Array(points.buffer), header.length);
  return out;
}

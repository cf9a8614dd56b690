import { type FormatCode, FormatError } from './format-error.js';

export type NumberArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array;

/** An n-dimensional array in C order; `shape` [] is a single value. */
export interface NdArray<A extends NumberArray | string[] = NumberArray | string[]> {
  shape: number[];
  data: A;
}

/** Element kinds: numpy's letter and size. `b1` holds 0 or 1. */
export type ElementType = 'f4' | 'f8' | 'i1' | 'i2' | 'i4' | 'i8' | 'u1' | 'u2' | 'u4' | 'u8' | 'b1';

const CONSTRUCTORS = {
  f4: Float32Array,
  f8: Float64Array,
  i1: Int8Array,
  i2: Int16Array,
  i4: Int32Array,
  i8: BigInt64Array,
  u1: Uint8Array,
  u2: Uint16Array,
  u4: Uint32Array,
  u8: BigUint64Array,
  b1: Uint8Array,
} as const;

export const isElementType = (text: string): text is ElementType => Object.hasOwn(CONSTRUCTORS, text);

/** The element kind of a typed array. */
export function elementTypeOf(data: NumberArray): ElementType {
  for (const [type, kind] of Object.entries(CONSTRUCTORS))
    if (data.constructor === kind) return type as ElementType;
  throw new TypeError(
    `Expected a numeric typed array for data but received ${Object.prototype.toString.call(data)}`,
  );
}

export const elementSize = (type: ElementType): number => CONSTRUCTORS[type].BYTES_PER_ELEMENT;

/** Dimensions an array may have (numpy's own limit). */
const MAXIMUM_DIMENSIONS = 32;

/** Number of elements of a shape, after checking that it is one. */
export function countElements(shape: readonly unknown[], code: FormatCode, what: string): number {
  if (shape.length > MAXIMUM_DIMENSIONS)
    throw new FormatError(code, `at most ${MAXIMUM_DIMENSIONS} dimensions`, what, shape.length);
  let count = 1;
  for (const size of shape) {
    if (!(typeof size === 'number' && Number.isSafeInteger(size) && size >= 0))
      throw new FormatError(code, 'non-negative integers', what, size);
    count *= size;
    if (!Number.isSafeInteger(count))
      throw new FormatError(code, 'fewer than 2^53 elements', what, `[${shape}]`);
  }
  return count;
}

/** Copies `count` elements out of bytes. The caller has checked that they are there. */
export function copyElements(
  bytes: Uint8Array,
  offset: number,
  type: ElementType,
  count: number,
  bigEndian: boolean,
): NumberArray {
  const size = elementSize(type);
  // not bytes.slice: on a Buffer that is a view of its pool
  const copy = new Uint8Array(bytes.subarray(offset, offset + count * size));
  if (bigEndian && size > 1)
    for (let at = 0; at < copy.length; at += size) copy.subarray(at, at + size).reverse();
  return new CONSTRUCTORS[type](copy.buffer, 0, count);
}

/** Fortran order (first index fastest) to C order. */
export function toRowMajor<A extends NumberArray | string[]>(data: A, shape: readonly number[]): A {
  if (shape.length < 2 || data.length === 0) return data;
  const out = data.slice() as A;
  const strides = shape.map((_, i) => shape.slice(0, i).reduce((product, size) => product * size, 1));
  const index = new Int32Array(shape.length);
  let from = 0;
  for (let to = 0; to < data.length; to++) {
    out[to] = data[from];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis];
      if (++index[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return out;
}

/** The array as float32 (the same memory when it is already). */
export function toFloat32(data: NumberArray): Float32Array {
  if (data instanceof Float32Array) return data;
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return Float32Array.from(data, Number);
  return Float32Array.from(data);
}

/** The array as float64 (the same memory when it is already). */
export function toFloat64(data: NumberArray): Float64Array {
  if (data instanceof Float64Array) return data;
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return Float64Array.from(data, Number);
  return Float64Array.from(data);
}

import { countElements, type NumberArray, toRowMajor } from './array.js';
import { FormatError } from './format-error.js';
import { readElements } from './npy.js';

/** A numpy array; elements of object arrays are values. C order. */
export class PickleArray {
  shape: number[] = [0];
  data: NumberArray | string[] | PickleValue[] = [];
}

/** Lists and tuples are both arrays; dicts are maps. */
export type PickleValue =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | PickleArray
  | PickleValue[]
  | Map<PickleValue, PickleValue>;

/** A name of the pickle's own world; never a value of the result. */
export class Global {
  constructor(readonly name: string) {}
}

export class ElementKind {
  order = '=';
  constructor(readonly code: string) {}
}

export const MARK = Symbol('mark');
export type Item = PickleValue | Global | ElementKind | typeof MARK;

/** The names a pickle may use. */
export const KNOWN_NAMES = new Set([
  'numpy.core.multiarray _reconstruct',
  'numpy.core.multiarray scalar',
  'numpy.core.numeric _frombuffer',
  'numpy ndarray',
  'numpy dtype',
  '_codecs encode',
]);

export function fail(expected: string, what: string, received: unknown): never {
  throw new FormatError('ERR_PICKLE', expected, what, received);
}

export const latin1 = new TextDecoder('latin1');

export function kindName(item: Item): string {
  if (item === MARK) return 'a mark';
  if (item instanceof Global) return item.name;
  if (item === null || typeof item !== 'object') return typeof item;
  return item.constructor.name;
}

const isValue = (item: Item): item is PickleValue =>
  item !== MARK && !(item instanceof Global) && !(item instanceof ElementKind);

export function value(item: Item, what: string): PickleValue {
  return isValue(item) ? item : fail('a value', what, kindName(item));
}

function list(item: Item, what: string): Item[] {
  return Array.isArray(item) ? item : fail('a tuple or list', what, kindName(item));
}

function rawBytes(item: Item, what: string): Uint8Array {
  if (item instanceof Uint8Array) return item;
  // Python 2 wrote raw data as str
  if (typeof item === 'string') return Uint8Array.from(item, (character) => character.charCodeAt(0));
  return fail('bytes', what, kindName(item));
}

/**
 * Bytes of arrays that may still be made. A pickle can name the same data many times over, and each array copies it: without
 * a budget a small file could fill the memory.
 */
export interface Budget {
  left: number;
}

function spend(budget: Budget, amount: number): void {
  budget.left -= amount;
  if (budget.left < 0) fail('less array data than repeated copies', 'a pickle', 'more');
}

/** The elements of an array from its type and raw bytes, or from a list for object arrays. */
function elements(budget: Budget, shape: Item, kind: Item, fortran: boolean, raw: Item): PickleArray {
  const array = new PickleArray();
  const sizes = list(shape, 'the shape of an array');
  const count = countElements(sizes, 'ERR_PICKLE', 'the shape of an array');
  array.shape = sizes as number[];
  if (!(kind instanceof ElementKind)) return fail('a numpy type', 'an array', kindName(kind));
  if (/^O\d*$/.test(kind.code)) {
    const items = list(raw, 'the elements of an object array');
    if (items.length !== count) fail(`${count} elements`, 'an object array', items.length);
    spend(budget, 8 * count);
    array.data = items.map((item) => value(item, 'an element'));
  } else {
    const order = kind.order === '=' ? '<' : kind.order;
    const data = rawBytes(raw, 'array data');
    spend(budget, data.length);
    array.data = readElements(data, `${order}${kind.code}`, count);
  }
  if (fortran && sizes.length > 1) {
    if (!(ArrayBuffer.isView(array.data) || typeof array.data[0] === 'string'))
      fail('C order', 'an object array', 'Fortran order');
    array.data = toRowMajor(array.data as NumberArray | string[], array.shape);
  }
  return array;
}

export function reduce(budget: Budget, callee: Item, argument: Item): Item {
  const name = callee instanceof Global ? callee.name : kindName(callee);
  const given = list(argument, `the arguments of ${name}`);
  switch (name) {
    case 'numpy.core.multiarray _reconstruct':
      return new PickleArray();
    case 'numpy dtype':
      if (typeof given[0] !== 'string') return fail('a type name', 'numpy dtype', kindName(given[0] ?? null));
      return new ElementKind(given[0].replace(/^[<>|=]/, ''));
    case 'numpy.core.multiarray scalar': {
      const array = elements(budget, [], given[0] ?? null, false, given[1] ?? null);
      const single = array.data[0];
      return typeof single === 'bigint' ? Number(single) : single;
    }
    case 'numpy.core.numeric _frombuffer':
      return elements(budget, given[2] ?? null, given[1] ?? null, given[3] === 'F', given[0] ?? null);
    case '_codecs encode':
      spend(budget, typeof given[0] === 'string' ? given[0].length : 0);
      return rawBytes(given[0] ?? null, '_codecs.encode');
    default:
      return fail('a known call', 'REDUCE', name);
  }
}

export function build(budget: Budget, target: Item, state: Item): void {
  const given = list(state, 'the state of an object');
  if (target instanceof ElementKind) {
    const order = given[1];
    if (!(typeof order === 'string' && /^[<>|=]$/.test(order)))
      fail("'<', '>', '|' or '='", 'the byte order of a numpy type', kindName(order ?? null));
    target.order = order as string;
  } else if (target instanceof PickleArray) {
    const [shape, kind, fortran, raw] = given.length === 5 ? given.slice(1) : given;
    const array = elements(budget, shape ?? null, kind ?? null, fortran === true, raw ?? null);
    target.shape = array.shape;
    target.data = array.data;
  } else fail('a numpy array or type', 'BUILD', kindName(target));
}

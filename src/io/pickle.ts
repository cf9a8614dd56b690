import { countElements, type NumberArray, toRowMajor } from './array.js';
import { FormatError } from './format-error.js';
import { readElements } from './npy.js';

/**
 * Python's pickle, the part that numpy arrays in plain containers need (protocols 2 to 5, no buffers out of band). Nothing is
 * executed: the only names known are those of numpy's arrays, types and scalars, which become plain data here; any other
 * name is an error. Work and memory are linear in the number of bytes.
 */

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
class Global {
  constructor(readonly name: string) {}
}

class ElementKind {
  order = '=';
  constructor(readonly code: string) {}
}

const MARK = Symbol('mark');
type Item = PickleValue | Global | ElementKind | typeof MARK;

const NAMES = new Set([
  'numpy.core.multiarray _reconstruct',
  'numpy.core.multiarray scalar',
  'numpy.core.numeric _frombuffer',
  'numpy ndarray',
  'numpy dtype',
  '_codecs encode',
]);

function fail(expected: string, what: string, received: unknown): never {
  throw new FormatError('ERR_PICKLE', expected, what, received);
}

const latin1 = new TextDecoder('latin1');

function kindName(item: Item): string {
  if (item === MARK) return 'a mark';
  if (item instanceof Global) return item.name;
  if (item === null || typeof item !== 'object') return typeof item;
  return item.constructor.name;
}

const isValue = (item: Item): item is PickleValue =>
  item !== MARK && !(item instanceof Global) && !(item instanceof ElementKind);

function value(item: Item, what: string): PickleValue {
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
interface Budget {
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

function reduce(budget: Budget, callee: Item, argument: Item): Item {
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

function build(budget: Budget, target: Item, state: Item): void {
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

/** One run of the pickle machine. */
class Unpickler {
  private at = 0;
  private readonly stack: Item[] = [];
  private readonly memo = new Map<number, Item>();
  private readonly view: DataView;
  private readonly budget: Budget;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.budget = { left: 16 * bytes.length };
  }

  private take(count: number): Uint8Array {
    if (!(count <= this.bytes.length - this.at))
      fail(`${count} bytes`, 'a pickle', `${this.bytes.length - this.at} bytes`);
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  private unsigned(size: 1 | 2 | 4 | 8): number {
    const at = this.at;
    this.take(size);
    if (size === 1) return this.view.getUint8(at);
    if (size === 2) return this.view.getUint16(at, true);
    const low = this.view.getUint32(at, true);
    return size === 4 ? low : low + this.view.getUint32(at + 4, true) * 2 ** 32;
  }

  private line(): string {
    const end = this.bytes.indexOf(0x0a, this.at);
    if (end < 0) fail('a line', 'a name in a pickle', 'the end');
    const text = latin1.decode(this.take(end - this.at));
    this.at++;
    return text;
  }

  private text(length: number): string {
    return new TextDecoder().decode(this.take(length));
  }

  private integer(length: number): number {
    const bytes = this.take(length);
    if (length > 8) return fail('an integer of at most 8 bytes', 'a pickle', `${length} bytes`);
    let result = 0n;
    for (let i = 0; i < length; i++) result |= BigInt(bytes[i]) << BigInt(8 * i);
    return Number(BigInt.asIntN(8 * Math.max(1, length), result));
  }

  private pop(): Item {
    const item = this.stack.pop();
    return item === undefined ? fail('an object', 'the stack of a pickle', 'none') : item;
  }

  private top(): Item {
    return this.stack.length > 0
      ? this.stack[this.stack.length - 1]
      : fail('an object', 'the stack of a pickle', 'none');
  }

  private popToMark(): Item[] {
    const mark = this.stack.lastIndexOf(MARK);
    if (mark < 0) fail('a mark', 'the stack of a pickle', 'none');
    const items = this.stack.splice(mark);
    return items.slice(1);
  }

  private popTuple(size: number): void {
    const items = Array.from({ length: size }, () => this.pop()).reverse();
    this.stack.push(items as PickleValue[]);
  }

  private append(items: Item[]): void {
    const target = this.top();
    if (!Array.isArray(target)) fail('a list', 'APPEND', kindName(target));
    for (const item of items) (target as PickleValue[]).push(value(item, 'a list element'));
  }

  private setItems(items: Item[]): void {
    const target = this.top();
    if (!(target instanceof Map)) fail('a dict', 'SETITEM', kindName(target));
    if (items.length % 2) fail('keys with values', 'SETITEMS', items.length);
    for (let i = 0; i < items.length; i += 2)
      target.set(value(items[i], 'a dict key'), value(items[i + 1], 'a dict value'));
  }

  private pushGlobal(module: string, name: string): void {
    const full = `${module.replace(/^numpy\._core\./, 'numpy.core.')} ${name}`;
    if (!NAMES.has(full))
      fail('numpy arrays, numbers, strings and containers', 'a pickle', `the name ${full}`);
    this.stack.push(new Global(full));
  }

  private recall(key: number): void {
    const item = this.memo.get(key);
    this.stack.push(item === undefined ? fail('a remembered object', 'a pickle', key) : item);
  }

  /** Runs to STOP and returns the result and where it ended. */
  run(): PickleValue {
    for (;;) {
      const op = this.unsigned(1);
      if (op === 0x2e) {
        const result = value(this.pop(), 'a pickle');
        if (this.stack.length > 0) fail('one object', 'a pickle', this.stack.length + 1);
        return result;
      }
      this.step(op);
    }
  }

  private step(op: number): void {
    const { stack } = this;
    switch (op) {
      case 0x80: // PROTO
        if (this.unsigned(1) > 5) fail('at most 5', 'the pickle protocol', this.bytes[this.at - 1]);
        return;
      case 0x95: // FRAME
        this.unsigned(8);
        return;
      case 0x28: // MARK
        stack.push(MARK);
        return;
      case 0x4e: // NONE
        stack.push(null);
        return;
      case 0x88: // NEWTRUE
      case 0x89: // NEWFALSE
        stack.push(op === 0x88);
        return;
      case 0x4b: // BININT1
        stack.push(this.unsigned(1));
        return;
      case 0x4d: // BININT2
        stack.push(this.unsigned(2));
        return;
      case 0x4a: // BININT
        stack.push(this.unsigned(4) | 0);
        return;
      case 0x8a: // LONG1
        stack.push(this.integer(this.unsigned(1)));
        return;
      case 0x47: {
        // BINFLOAT
        const at = this.at;
        this.take(8);
        stack.push(this.view.getFloat64(at, false));
        return;
      }
      case 0x8c: // SHORT_BINUNICODE
        stack.push(this.text(this.unsigned(1)));
        return;
      case 0x58: // BINUNICODE
        stack.push(this.text(this.unsigned(4)));
        return;
      case 0x8d: // BINUNICODE8
        stack.push(this.text(this.unsigned(8)));
        return;
      case 0x55: // SHORT_BINSTRING
        stack.push(latin1.decode(this.take(this.unsigned(1))));
        return;
      case 0x54: // BINSTRING
        stack.push(latin1.decode(this.take(this.unsigned(4))));
        return;
      case 0x43: // SHORT_BINBYTES
        stack.push(this.take(this.unsigned(1)));
        return;
      case 0x42: // BINBYTES
        stack.push(this.take(this.unsigned(4)));
        return;
      case 0x8e: // BINBYTES8
      case 0x96: // BYTEARRAY8
        stack.push(this.take(this.unsigned(8)));
        return;
      case 0x29: // EMPTY_TUPLE
      case 0x5d: // EMPTY_LIST
        stack.push([]);
        return;
      case 0x7d: // EMPTY_DICT
        stack.push(new Map());
        return;
      case 0x74: // TUPLE
        stack.push(this.popToMark() as PickleValue[]);
        return;
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        this.popTuple(op - 0x84);
        return;
      case 0x61: // APPEND
        this.append([this.pop()]);
        return;
      case 0x65: // APPENDS
        this.append(this.popToMark());
        return;
      case 0x73: {
        // SETITEM
        const item = this.pop();
        this.setItems([this.pop(), item]);
        return;
      }
      case 0x75: // SETITEMS
        this.setItems(this.popToMark());
        return;
      case 0x71: // BINPUT
        this.memo.set(this.unsigned(1), this.top());
        return;
      case 0x72: // LONG_BINPUT
        this.memo.set(this.unsigned(4), this.top());
        return;
      case 0x94: // MEMOIZE
        this.memo.set(this.memo.size, this.top());
        return;
      case 0x68: // BINGET
        this.recall(this.unsigned(1));
        return;
      case 0x6a: // LONG_BINGET
        this.recall(this.unsigned(4));
        return;
      case 0x63: {
        // GLOBAL
        const module = this.line();
        this.pushGlobal(module, this.line());
        return;
      }
      case 0x93: {
        // STACK_GLOBAL
        const name = this.pop();
        const module = this.pop();
        if (typeof module !== 'string' || typeof name !== 'string')
          fail('two strings', 'a name in a pickle', kindName(name));
        this.pushGlobal(module, name);
        return;
      }
      case 0x52: {
        // REDUCE
        const argument = this.pop();
        stack.push(reduce(this.budget, this.pop(), argument));
        return;
      }
      case 0x62: {
        // BUILD
        const state = this.pop();
        build(this.budget, this.top(), state);
        return;
      }
      default:
        fail('a known operation', 'a pickle', `byte 0x${op.toString(16)}`);
    }
  }
}

/**
 * Reads a pickle of numpy arrays, numbers, strings, lists, tuples and dicts.
 * @throws FormatError `ERR_PICKLE` (`ERR_NPY` for element data) for anything else.
 */
export function readPickle(bytes: Uint8Array): PickleValue {
  return new Unpickler(bytes).run();
}

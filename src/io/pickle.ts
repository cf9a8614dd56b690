import {
  type Budget,
  build,
  fail,
  Global,
  type Item,
  KNOWN_NAMES,
  kindName,
  latin1,
  MARK,
  type PickleValue,
  reduce,
  value,
} from './pickle-objects.js';

export { PickleArray, type PickleValue } from './pickle-objects.js';

/**
 * Python's pickle, the part that numpy arrays in plain containers need (protocols 2 to 5, no buffers out of band). Nothing is
 * executed: the only names known are those of numpy's arrays, types and scalars, which become plain data here; any other
 * name is an error. Work and memory are linear in the number of bytes.
 */

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
    if (!KNOWN_NAMES.has(full))
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

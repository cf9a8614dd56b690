import { elementSize, elementTypeOf } from './array.js';
import { npyHeader } from './npy.js';
import { PickleArray, type PickleValue } from './pickle.js';

/** Writes protocol 3 without a memo: every Python 3 with numpy of any version reads it. */
class Pickler {
  private readonly parts: Uint8Array[] = [Uint8Array.of(0x80, 3)];

  private put(...bytes: number[]): void {
    this.parts.push(Uint8Array.from(bytes));
  }

  private sized(op: number, data: Uint8Array): void {
    const head = new DataView(new ArrayBuffer(5));
    head.setUint8(0, op);
    head.setUint32(1, data.length, true);
    this.parts.push(new Uint8Array(head.buffer), data);
  }

  private text(text: string): void {
    this.sized(0x58, new TextEncoder().encode(text));
  }

  private global(module: string, name: string): void {
    this.parts.push(new TextEncoder().encode(`c${module}\n${name}\n`));
  }

  private number(value: number): void {
    const whole = Number.isInteger(value) && Math.abs(value) < 2 ** 31 && !Object.is(value, -0);
    const bytes = new DataView(new ArrayBuffer(9));
    bytes.setUint8(0, whole ? 0x4a : 0x47);
    if (whole) bytes.setInt32(1, value, true);
    else bytes.setFloat64(1, value, false);
    this.parts.push(new Uint8Array(bytes.buffer, 0, whole ? 5 : 9));
  }

  /** numpy's dtype(code, False, True) with its state. */
  private kind(code: string, order: string): void {
    this.global('numpy', 'dtype');
    this.text(code);
    this.put(0x89, 0x88, 0x87, 0x52, 0x28);
    this.number(3);
    this.text(order);
    this.put(0x4e, 0x4e, 0x4e);
    this.number(-1);
    this.number(-1);
    this.number(code.startsWith('O') ? 63 : 0);
    this.put(0x74, 0x62);
  }

  private array(array: PickleArray): void {
    this.global('numpy.core.multiarray', '_reconstruct');
    this.global('numpy', 'ndarray');
    this.put(0x4b, 0, 0x85, 0x43, 1, 0x62, 0x87, 0x52, 0x28);
    this.number(1);
    this.put(0x28);
    for (const size of array.shape) this.number(size);
    this.put(0x74);
    if (Array.isArray(array.data)) {
      this.kind('O8', '|');
      this.put(0x89);
      this.write(array.data as PickleValue[]);
    } else {
      const type = elementTypeOf(array.data);
      this.kind(type, elementSize(type) > 1 ? '<' : '|');
      this.put(0x89);
      const { buffer, byteOffset, byteLength } = array.data;
      this.sized(0x42, new Uint8Array(buffer, byteOffset, byteLength));
    }
    this.put(0x74, 0x62);
  }

  write(value: PickleValue): void {
    if (value === null) this.put(0x4e);
    else if (typeof value === 'boolean') this.put(value ? 0x88 : 0x89);
    else if (typeof value === 'number') this.number(value);
    else if (typeof value === 'string') this.text(value);
    else if (value instanceof Uint8Array) this.sized(0x42, value);
    else if (value instanceof PickleArray) this.array(value);
    else if (Array.isArray(value)) {
      this.put(0x5d, 0x28);
      for (const item of value) this.write(item);
      this.put(0x65);
    } else {
      this.put(0x7d, 0x28);
      for (const [key, item] of value) {
        this.write(key);
        this.write(item);
      }
      this.put(0x75);
    }
  }

  finish(): Uint8Array {
    this.put(0x2e);
    return new Uint8Array(Buffer.concat(this.parts));
  }
}

/** Writes a value as a pickle that Python reads without this package. Tuples become lists; strings in arrays become objects. */
export function writePickle(value: PickleValue): Uint8Array {
  const pickler = new Pickler();
  pickler.write(value);
  return pickler.finish();
}

/** An npy file that holds one Python object (`numpy.save` of a dict): a pickled object array of shape (). */
export function writeNpyObject(value: PickleValue): Uint8Array {
  const array = new PickleArray();
  array.shape = [];
  array.data = [value];
  return new Uint8Array(Buffer.concat([npyHeader('|O', []), writePickle(array)]));
}

/**
 * Counter-based random numbers: Philox 4x32 with 10 rounds (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3",
 * SC 2011). The k-th number is a pure function of the key and k, so a run that resumes needs no saved state, and what one
 * item draws does not depend on how many others were drawn before it.
 */

const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;

/** High 32 bits of the 64-bit product of two unsigned 32-bit numbers. */
function mulHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  return (
    (aHigh * bHigh +
      Math.floor((aLow * bHigh + (middle >>> 0)) / 65536) +
      Math.floor(middle / 2 ** 32) * 65536) >>>
    0
  );
}

/** One Philox block: 4 words in `counter` become 4 random words in `out`. */
export function philox(counter: Uint32Array, key0: number, key1: number, out: Uint32Array): void {
  let [c0, c1, c2, c3] = counter;
  let k0 = key0 >>> 0;
  let k1 = key1 >>> 0;
  for (let round = 0; round < 10; round++) {
    const high0 = mulHigh(M0, c0);
    const low0 = Math.imul(M0, c0) >>> 0;
    const high1 = mulHigh(M1, c2);
    const low1 = Math.imul(M1, c2) >>> 0;
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0;
    k0 = (k0 + W0) >>> 0;
    k1 = (k1 + W1) >>> 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/** Words of a key part: numbers by their 53-bit value, strings by FNV-1a. */
function keyWords(part: number | string): [number, number] {
  if (typeof part === 'string') {
    let hash = 0x811c9dc5;
    for (let i = 0; i < part.length; i++) hash = Math.imul(hash ^ part.charCodeAt(i), 0x01000193);
    return [hash >>> 0, part.length];
  }
  if (!Number.isSafeInteger(part))
    throw new RangeError(`Expected a safe integer for a key of Random but received ${part}`);
  return [part >>> 0, Math.floor(part / 2 ** 32) >>> 0];
}

/**
 * A stream of random numbers named by a key, e.g. `new Random(seed, 'sample', generation, item)`.
 * Equal keys give equal streams; different keys give independent ones.
 */
export class Random {
  private readonly key = new Uint32Array([0x243f6a88, 0x85a308d3]);
  private readonly counter = new Uint32Array(4);
  private readonly block = new Uint32Array(4);
  private next = 4;
  private spare = Number.NaN;

  constructor(...key: (number | string)[]) {
    const words = new Uint32Array(4);
    const mixed = new Uint32Array(4);
    key.forEach((part, index) => {
      const [low, high] = keyWords(part);
      words.set([low, high, index, typeof part === 'string' ? 1 : 0]);
      philox(words, this.key[0], this.key[1], mixed);
      this.key[0] = mixed[0];
      this.key[1] = mixed[1];
    });
  }

  /** The next unsigned 32-bit word. */
  word(): number {
    if (this.next === 4) {
      philox(this.counter, this.key[0], this.key[1], this.block);
      if (++this.counter[0] === 2 ** 32) throw new RangeError('Random: stream exhausted');
      this.next = 0;
    }
    return this.block[this.next++];
  }

  /** Uniform in [low, high), 32 bits. */
  uniform(low = 0, high = 1): number {
    return low + ((high - low) * this.word()) / 2 ** 32;
  }

  /** Integer in [0, count), without modulo bias. */
  integer(count: number): number {
    if (!(Number.isInteger(count) && count > 0 && count <= 2 ** 32))
      throw new RangeError(
        `Expected an integer in 1..2^32 for count of Random.integer but received ${count}`,
      );
    const limit = 2 ** 32 - (2 ** 32 % count);
    for (;;) {
      const word = this.word();
      if (word < limit) return word % count;
    }
  }

  /** Standard normal (Box-Muller). */
  normal(): number {
    if (!Number.isNaN(this.spare)) {
      const value = this.spare;
      this.spare = Number.NaN;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log((this.word() + 1) / 2 ** 32));
    const angle = (2 * Math.PI * this.word()) / 2 ** 32;
    this.spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /** Fills an array with standard normals and returns it. */
  normals(out: Float32Array): Float32Array {
    for (let i = 0; i < out.length; i++) out[i] = this.normal();
    return out;
  }

  /** A uniformly random order of 0..count-1 (Fisher-Yates). */
  permutation(count: number): Int32Array {
    const order = Int32Array.from({ length: count }, (_, i) => i);
    for (let i = count - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [order[i], order[j]] = [order[j], order[i]];
    }
    return order;
  }
}

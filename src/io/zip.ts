import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { FormatError } from './format-error.js';

/**
 * The part of the zip format (APPNOTE 6.3) that numpy's npz uses: stored and deflated members, zip64 sizes, no encryption,
 * no spanning. Reading goes through the central directory; every offset is checked, output is bounded before it is made,
 * and checksums are verified.
 */

const END = 0x06054b50;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const MASK32 = 0xffffffff;
const MAXIMUM_MEMBERS = 65_535;

export interface ZipLimits {
  /** Most bytes that all read members together may have. Default 1 GiB. */
  maximumBytes?: number;
  /** Members to read, by name. Default: all. */
  filter?: (name: string) => boolean;
}

function fail(expected: string, what: string, received: unknown): never {
  throw new FormatError('ERR_NPZ', expected, what, received);
}

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

/** CRC-32 (IEEE 802.3). */
export function crc32(bytes: Uint8Array): number {
  let c = -1;
  for (let i = 0; i < bytes.length; i++) c = TABLE[(c ^ bytes[i]) & 0xff] ^ (c >>> 8);
  return ~c >>> 0;
}

interface Entry {
  name: string;
  method: number;
  flags: number;
  crc: number;
  packed: number;
  size: number;
  offset: number;
}

const number64 = (view: DataView, at: number): number =>
  view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;

/** Where the central directory is and how many entries it has. */
function findDirectory(view: DataView): { start: number; count: number } {
  const first = Math.max(0, view.byteLength - 22 - 0xffff);
  let end = view.byteLength - 22;
  while (end >= first && view.getUint32(end, true) !== END) end--;
  if (end < first) return fail('an end record', 'a zip archive', `${view.byteLength} bytes without one`);
  let count = view.getUint16(end + 10, true);
  let start = view.getUint32(end + 16, true);
  const locator = end - 20;
  if ((count === 0xffff || start === MASK32) && locator >= 0 && view.getUint32(locator, true) === LOCATOR64) {
    const end64 = number64(view, locator + 8);
    if (end64 + 56 > view.byteLength || view.getUint32(end64, true) !== END64)
      fail('a zip64 end record', 'a zip archive', end64);
    count = number64(view, end64 + 32);
    start = number64(view, end64 + 48);
  }
  if (count > MAXIMUM_MEMBERS) fail(`at most ${MAXIMUM_MEMBERS}`, 'the number of zip members', count);
  return { start, count };
}

/** Replaces the sizes and the offset that a zip64 extra field carries. */
function readExtra64(view: DataView, start: number, end: number, entry: Entry): void {
  for (let at = start; at + 4 <= end; ) {
    const id = view.getUint16(at, true);
    const stop = at + 4 + view.getUint16(at + 2, true);
    if (stop > end) return;
    if (id === 1) {
      let field = at + 4;
      for (const key of ['size', 'packed', 'offset'] as const)
        if (entry[key] === MASK32 && field + 8 <= stop) {
          entry[key] = number64(view, field);
          field += 8;
        }
    }
    at = stop;
  }
}

function readDirectory(bytes: Uint8Array, view: DataView): Entry[] {
  const { start, count } = findDirectory(view);
  const entries: Entry[] = [];
  let at = start;
  for (let i = 0; i < count; i++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== CENTRAL)
      fail('a central directory entry', `zip member ${i}`, `offset ${at} of ${bytes.length}`);
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const extra = at + 46 + nameLength;
    const next = extra + extraLength + view.getUint16(at + 32, true);
    if (next > bytes.length) fail('a name and extra field within the file', `zip member ${i}`, next);
    const entry: Entry = {
      name: new TextDecoder().decode(bytes.subarray(at + 46, extra)),
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
    };
    readExtra64(view, extra, extra + extraLength, entry);
    entries.push(entry);
    at = next;
  }
  return entries;
}

function readMember(bytes: Uint8Array, view: DataView, entry: Entry): Uint8Array {
  const what = `zip member ${entry.name}`;
  if (entry.flags & 1) fail('no encryption', what, 'an encrypted member');
  const { offset } = entry;
  if (offset + 30 > bytes.length || view.getUint32(offset, true) !== LOCAL)
    fail('a local header', what, `offset ${offset} of ${bytes.length}`);
  const start = offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
  if (start + entry.packed > bytes.length)
    fail(`${entry.packed} bytes`, what, `${Math.max(0, bytes.length - start)} bytes`);
  const packed = bytes.subarray(start, start + entry.packed);
  let data: Uint8Array;
  if (entry.method === 0) data = new Uint8Array(packed);
  else if (entry.method === 8) {
    try {
      data = inflateRawSync(packed, { maxOutputLength: Math.max(1, entry.size) });
    } catch (error) {
      return fail(`deflated data of ${entry.size} bytes`, what, (error as Error).message);
    }
  } else return fail('stored or deflated data', what, `method ${entry.method}`);
  if (data.length !== entry.size) fail(`${entry.size} bytes`, what, `${data.length} bytes`);
  if (crc32(data) !== entry.crc) fail(`checksum ${entry.crc}`, what, crc32(data));
  return data;
}

/**
 * Members of a zip archive by name.
 * @throws FormatError `ERR_NPZ`.
 */
export function readZip(bytes: Uint8Array, limits: ZipLimits = {}): Map<string, Uint8Array> {
  const maximum = limits.maximumBytes ?? 2 ** 30;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const members = new Map<string, Uint8Array>();
  let total = 0;
  for (const entry of readDirectory(bytes, view)) {
    if (limits.filter && !limits.filter(entry.name)) continue;
    total += entry.size;
    if (total > maximum) fail(`at most ${maximum} bytes`, 'the unpacked zip archive', total);
    members.set(entry.name, readMember(bytes, view, entry));
  }
  return members;
}

/** Writes a zip archive of deflated members, with a fixed date so that equal members give equal bytes. */
export function writeZip(members: Iterable<readonly [string, Uint8Array]>): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const [name, data] of members) {
    const packed = deflateRawSync(data);
    const encoded = new TextEncoder().encode(name);
    if (offset + packed.length + data.length >= MASK32)
      throw new RangeError(`Expected less than 4 GiB for a zip archive but received more at ${name}`);
    // version 2.0, UTF-8 name, deflate, 1980-01-01 00:00
    const common = [20, 0x800, 8, 0, 0x21] as const;
    const central = new DataView(new ArrayBuffer(46));
    const local = new DataView(new ArrayBuffer(30));
    local.setUint32(0, LOCAL, true);
    central.setUint32(0, CENTRAL, true);
    central.setUint16(4, 20, true);
    for (const [view, at] of [
      [local, 4],
      [central, 6],
    ] as const) {
      for (let i = 0; i < 5; i++) view.setUint16(at + 2 * i, common[i], true);
      view.setUint32(at + 10, crc32(data), true);
      view.setUint32(at + 14, packed.length, true);
      view.setUint32(at + 18, data.length, true);
      view.setUint16(at + 22, encoded.length, true);
    }
    central.setUint32(42, offset, true);
    parts.push(new Uint8Array(local.buffer), encoded, packed);
    directory.push(new Uint8Array(central.buffer), encoded);
    offset += 30 + encoded.length + packed.length;
  }
  const count = directory.length / 2;
  if (count > MAXIMUM_MEMBERS - 1)
    throw new RangeError(`Expected fewer than ${MAXIMUM_MEMBERS} zip members but received ${count}`);
  const end = new DataView(new ArrayBuffer(22));
  end.setUint32(0, END, true);
  end.setUint16(8, count, true);
  end.setUint16(10, count, true);
  end.setUint32(
    12,
    directory.reduce((sum, part) => sum + part.length, 0),
    true,
  );
  end.setUint32(16, offset, true);
  return new Uint8Array(Buffer.concat([...parts, ...directory, new Uint8Array(end.buffer)]));
}

/**
 * TensorBoard event files: records of little-endian length (uint64), its masked CRC-32C, the data, its masked CRC-32C (the TFRecord format,
 * tensorflow/core/lib/io/record_writer.cc); the data are `Event` messages (tensorflow/core/util/event.proto) in protocol buffers.
 */

/** CRC-32C (Castagnoli, reflected polynomial 0x82f63b78), as in RFC 3720 appendix B.4. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0x82f63b78 ^ (crc >>> 1) : crc >>> 1;
  return crc >>> 0;
});

/** The CRC as TFRecord stores it: rotated right by 15 bits, plus 0xa282ead8, so that it is no CRC of data that hold CRCs. */
export function maskedCrc32c(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** One record with its checksums. */
export function tfRecord(data: Uint8Array): Uint8Array {
  const out = new Uint8Array(data.length + 16);
  const view = new DataView(out.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc32c(out.subarray(0, 8)), true);
  out.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc32c(data), true);
  return out;
}

/** One scalar of an event. */
export interface ScalarEvent {
  /** Its place in TensorBoard; what stands before a slash is the group. */
  tag: string;
  value: number;
  /** An integer >= 0. */
  step: number;
  /** Seconds since 1970. */
  wallTime: number;
}

/** The records of an event file: first the one that names the format, then one per scalar. */
export function tfEvents(events: readonly ScalarEvent[], options: { header: boolean }): Uint8Array {
  const records = events.map(({ tag, value, step, wallTime }) => {
    const scalar = [...text(1, tag), ...float(2, value)];
    return tfRecord(
      Uint8Array.from([...double(1, wallTime), ...integer(2, step), ...message(5, message(1, scalar))]),
    );
  });
  if (options.header)
    records.unshift(tfRecord(Uint8Array.from([...double(1, 0), ...text(3, 'brain.Event:2')])));
  const out = new Uint8Array(records.reduce((sum, record) => sum + record.length, 0));
  let at = 0;
  for (const record of records) {
    out.set(record, at);
    at += record.length;
  }
  return out;
}

function varint(value: number): number[] {
  const out: number[] = [];
  let rest = BigInt(value);
  while (rest >= 0x80n) {
    out.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return [...out, Number(rest)];
}
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;
const key = (field: number, type: number): number[] => varint(field * 8 + type);
const integer = (field: number, value: number): number[] => [...key(field, VARINT), ...varint(value)];
const message = (field: number, bytes: readonly number[]): number[] => [
  ...key(field, BYTES),
  ...varint(bytes.length),
  ...bytes,
];
const text = (field: number, value: string): number[] => message(field, [...new TextEncoder().encode(value)]);
const bytesOf = (size: number, write: (view: DataView) => void): number[] => {
  const view = new DataView(new ArrayBuffer(size));
  write(view);
  return [...new Uint8Array(view.buffer)];
};
const double = (field: number, value: number): number[] => [
  ...key(field, FIXED64),
  ...bytesOf(8, (view) => view.setFloat64(0, value, true)),
];
const float = (field: number, value: number): number[] => [
  ...key(field, FIXED32),
  ...bytesOf(4, (view) => view.setFloat32(0, value, true)),
];

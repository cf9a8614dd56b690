import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { crc32c, maskedCrc32c, tfEvents, tfRecord } from '../../src/io/tfevents.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

test('CRC-32C: the vectors of RFC 3720, appendix B.4', () => {
  assert.is(crc32c(new TextEncoder().encode('123456789')), 0xe3069283);
  assert.is(crc32c(new Uint8Array(32)), 0x8a9136aa);
  assert.is(crc32c(new Uint8Array(32).fill(0xff)), 0x62a8ab43);
  assert.is(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e);
});

test('the mask: rotate right by 15, add 0xa282ead8', () => {
  // e3069283 >> 15 = 1c60d, << 17 = 25060000, together 2507c60d; + a282ead8 = c78ab0e5.
  assert.is(maskedCrc32c(new TextEncoder().encode('123456789')), 0xc78ab0e5);
});

/** Bit by bit from the definition, to check the table against. */
function slowMasked(bytes: number[]): number {
  let crc = 0xffffffffn;
  for (const byte of bytes) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ 0x82f63b78n : crc >> 1n;
  }
  crc ^= 0xffffffffn;
  return Number(((((crc >> 15n) | (crc << 17n)) & 0xffffffffn) + 0xa282ead8n) & 0xffffffffn);
}

test('a record is length, its checksum, data, their checksum', () => {
  const record = tfRecord(Uint8Array.of(1, 2, 3));
  const view = new DataView(record.buffer);
  assert.is(view.getBigUint64(0, true), 3n);
  assert.is(view.getUint32(8, true), slowMasked([3, 0, 0, 0, 0, 0, 0, 0]));
  assert.equal([...record.subarray(12, 15)], [1, 2, 3]);
  assert.is(view.getUint32(15, true), slowMasked([1, 2, 3]));
});

test('an event by hand: wall time, step and one scalar in protocol buffers', () => {
  const file = tfEvents([{ tag: 'w2', value: 0.5, step: 300, wallTime: 2 }], { header: true });
  // 09 double 0; 1a (field 3, bytes) 0d "brain.Event:2".
  const head = `09${'00'.repeat(8)}1a0d${Buffer.from('brain.Event:2').toString('hex')}`;
  // 09 double 2; 10 varint 300 = ac 02; 2a summary { 0a value { 0a tag "w2"; 15 float 0.5 } }.
  const event = `09${'0000000000000040'}10ac02${'2a0b'}${'0a09'}${'0a027732'}${'150000003f'}`;
  const bodies: string[] = [];
  for (let at = 0; at < file.length; ) {
    const length = Number(new DataView(file.buffer, at).getBigUint64(0, true));
    bodies.push(hex(file.subarray(at + 12, at + 12 + length)));
    at += length + 16;
  }
  assert.equal(bodies, [head, event]);
  assert.is(
    hex(tfEvents([], { header: true })) +
      hex(tfEvents([{ tag: 'w2', value: 0.5, step: 300, wallTime: 2 }], { header: false })),
    hex(file),
    'parts can be appended',
  );
});

test.run();

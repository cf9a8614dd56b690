import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { philox, Random } from '../../src/random/random.js';

test('philox4x32-10 gives the known answers of the Random123 distribution', () => {
  const out = new Uint32Array(4);
  philox(new Uint32Array(4), 0, 0, out);
  assert.equal([...out], [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
  philox(new Uint32Array(4).fill(0xffffffff), 0xffffffff, 0xffffffff, out);
  assert.equal([...out], [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]);
  philox(new Uint32Array([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344]), 0xa4093822, 0x299f31d0, out);
  assert.equal([...out], [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1]);
});

test('normals have the moments of a standard normal, and lag-1 values do not correlate', () => {
  const values = new Random(1, 'moments').normals(new Float32Array(200_000));
  let [mean, square, fourth, lag] = [0, 0, 0, 0];
  values.forEach((value, i) => {
    mean += value;
    square += value ** 2;
    fourth += value ** 4;
    lag += value * (values[i + 1] ?? 0);
  });
  const n = values.length;
  assert.ok(Math.abs(mean / n) < 0.01, `mean ${mean / n}`);
  assert.ok(Math.abs(square / n - 1) < 0.015, `variance ${square / n}`);
  assert.ok(Math.abs(fourth / n - 3) < 0.1, `fourth moment ${fourth / n}`);
  assert.ok(Math.abs(lag / n) < 0.01, `lag ${lag / n}`);
});

test('a key names its stream: the same again for the same key, another for any other', () => {
  const draw = (...key: (number | string)[]) =>
    Array.from(
      { length: 8 },
      (
        (r) => () =>
          r.word()
      )(new Random(...key)),
    );
  assert.equal(draw(7, 'sample', 3), draw(7, 'sample', 3));
  const seen = [[7], [8], [7, 0], [7, 'sample'], ['7'], [0, 7], [7, 2 ** 32], [-7]].map((key) =>
    draw(...key).join(),
  );
  assert.is(new Set(seen).size, seen.length);
});

test('permutation is a permutation, and integer is uniform', () => {
  assert.equal(
    [...new Random(2).permutation(100)].sort((a, b) => a - b),
    Array.from({ length: 100 }, (_, i) => i),
  );
  const counts = new Array(6).fill(0);
  const random = new Random(3);
  for (let i = 0; i < 60_000; i++) counts[random.integer(6)]++;
  for (const count of counts) assert.ok(Math.abs(count - 10_000) < 500, `${counts}`);
  assert.throws(() => random.integer(0), /Expected an integer/);
  assert.throws(() => new Random(0.5), /safe integer/);
});

test.run();

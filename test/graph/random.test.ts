import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Graph, normals, squaresKey } from '../../src/graph/index.js';
import { Random } from '../../src/random/random.js';
import { evaluate, words } from './session.js';

const KEY = squaresKey(new Random(1, 'test'));

async function draw(key: bigint, counters: bigint[], columns: number): Promise<Float32Array> {
  const graph = new Graph();
  const keyInput = graph.input('uint64', [], 'key');
  const counterInput = graph.input('uint64', [counters.length], 'counters');
  graph.output(normals(keyInput, counterInput, columns), 'y');
  const feeds = { key: words([key], []), counters: words(counters, [counters.length]) };
  return (await evaluate(graph, feeds)).y.data as Float32Array;
}

// squares64 of the paper (listing 2), written with shifts as there; its last two rounds are the two words used.
function reference(counter: bigint, key: bigint): [number, number] {
  const wrap = (value: bigint) => BigInt.asUintN(64, value);
  const rotate = (value: bigint) => wrap((value >> 32n) | (value << 32n));
  const y = wrap(counter * key);
  const z = wrap(y + key);
  let x = y;
  x = rotate(wrap(x * x + y));
  x = rotate(wrap(x * x + z));
  x = rotate(wrap(x * x + y));
  const fourth = wrap(x * x + z);
  x = rotate(fourth);
  return [Number(fourth >> 32n), Number(wrap(x * x + y) >> 32n)];
}

test('normals are the Box-Muller transform of the squares generator', async () => {
  const columns = 7;
  const counters = [0n, 1n, 4294967295n];
  const drawn = await draw(KEY, counters, columns);
  counters.forEach((counter, row) => {
    for (let column = 0; column < columns; column++) {
      const [first, second] = reference((counter << 32n) + BigInt(column % 4), KEY);
      const radius = Math.sqrt(-2 * Math.log((Math.fround(first) + 0.5) / 2 ** 32));
      const angle = (Math.fround(second) * 2 * Math.PI) / 2 ** 32;
      const expected = radius * (column < 4 ? Math.cos(angle) : Math.sin(angle));
      assert.ok(Math.abs(drawn[row * columns + column] - expected) < 2e-6, `row ${row} column ${column}`);
    }
  });
});

test('a row depends on its counter alone', async () => {
  const together = await draw(KEY, [3n, 4n, 5n], 100);
  const alone = await draw(KEY, [4n], 100);
  assert.equal(together.slice(100, 200), alone);
  const other = await draw(squaresKey(new Random(2, 'test')), [4n], 100);
  assert.ok(other.filter((value, i) => value === alone[i]).length <= 1);
});

test('normals have the moments of a normal distribution and no correlation', async () => {
  const rows = 64n;
  const columns = 8192;
  const x = await draw(
    KEY,
    Array.from({ length: Number(rows) }, (_, i) => BigInt(i)),
    columns,
  );
  const moment = (power: number) => x.reduce((total, value) => total + value ** power, 0) / x.length;
  // Bounds are five standard errors of each moment.
  const error = (variance: number) => 5 * Math.sqrt(variance / x.length);
  assert.ok(Math.abs(moment(1)) < error(1), `mean ${moment(1)}`);
  assert.ok(Math.abs(moment(2) - 1) < error(2), `variance ${moment(2)}`);
  assert.ok(Math.abs(moment(3)) < error(15), `skewness ${moment(3)}`);
  assert.ok(Math.abs(moment(4) - 3) < error(96), `kurtosis ${moment(4)}`);
  for (const lag of [1, 2, columns / 2, columns]) {
    let sum = 0;
    for (let i = lag; i < x.length; i++) sum += x[i] * x[i - lag];
    assert.ok(Math.abs(sum / x.length) < error(1), `lag ${lag}: ${sum / x.length}`);
  }
  // Share in each of 16 equally likely intervals: chi-squared with 15 degrees of freedom, 99.99 % below 44.3.
  const edges = [-1.534, -1.15, -0.8871, -0.6745, -0.4888, -0.3186, -0.1573, 0];
  const all = [
    ...edges,
    ...edges
      .slice(0, -1)
      .map((edge) => -edge)
      .reverse(),
  ];
  const counts = new Array<number>(16).fill(0);
  for (const value of x) counts[all.filter((edge) => value > edge).length]++;
  const chi = counts.reduce((total, count) => total + (count - x.length / 16) ** 2 / (x.length / 16), 0);
  assert.ok(chi < 44.3, `chi-squared ${chi}: ${counts}`);
});

test('keys have different non-zero digits in each half and are odd', () => {
  const keys = Array.from({ length: 500 }, (_, seed) => squaresKey(new Random(seed)));
  for (const key of keys) {
    const text = key.toString(16);
    assert.is(text.length, 16);
    for (const half of [text.slice(0, 8), text.slice(8)]) {
      assert.is(new Set(half).size, 8, text);
      assert.not.ok(half.includes('0'), text);
    }
    assert.is(key % 2n, 1n);
  }
  assert.is(new Set(keys).size, keys.length);
});

test.run();

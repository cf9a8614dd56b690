import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  Graph,
  gradient,
  normals,
  RandomStream,
  scale,
  square,
  squaresKey,
  sum,
  type Value,
} from '../../src/graph/index.js';
import { Random } from '../../src/random/random.js';
import { readModel } from './onnx-reader.js';
import { evaluate, floats, words } from './session.js';

const KEY = squaresKey(new Random(1, 'test'));

/** `normals` with a row for each start. */
async function draw(key: bigint, starts: bigint[], columns: number): Promise<Float32Array> {
  const graph = new Graph();
  const keyInput = graph.input('uint64', [], 'key');
  const startsInput = graph.input('uint64', [starts.length], 'starts');
  graph.output(normals(keyInput, startsInput, columns), 'y');
  const feeds = { key: words([key], []), starts: words(starts, [starts.length]) };
  return (await evaluate(graph, feeds)).y.data as Float32Array;
}

/** What `build` draws from a stream that starts at `position`; `x` is an input of ones. */
async function stream(
  position: bigint,
  size: number,
  build: (random: RandomStream, x: Value) => Value[],
): Promise<Float32Array[]> {
  const graph = new Graph();
  const random = new RandomStream(graph.input('uint64', [], 'key'), graph.input('uint64', [], 'position'));
  const x = graph.input('float32', [size], 'x');
  build(random, x).forEach((value, i) => {
    graph.output(value, `y${i}`);
  });
  const ones = floats(new Float32Array(size).fill(1), [size]);
  const result = await evaluate(graph, { key: words([KEY], []), position: words([position], []), x: ones });
  return Object.values(result).map(({ data }) => data as Float32Array);
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
  const columns = 9;
  const starts = [0n, 1n, 2n ** 32n - 2n, 2n ** 63n + 5n, 2n ** 64n - 3n];
  const drawn = await draw(KEY, starts, columns);
  starts.forEach((start, row) => {
    for (let column = 0; column < columns; column++) {
      const [first, second] = reference(BigInt.asUintN(64, start + BigInt(column % 5)), KEY);
      const radius = Math.sqrt(-2 * Math.log((Math.fround(first) + 0.5) / 2 ** 32));
      const angle = (Math.fround(second) * 2 * Math.PI) / 2 ** 32;
      const expected = radius * (column < 5 ? Math.cos(angle) : Math.sin(angle));
      assert.ok(Math.abs(drawn[row * columns + column] - expected) < 2e-6, `row ${row} column ${column}`);
    }
  });
});

test('a row depends on its start alone', async () => {
  const together = await draw(KEY, [2n ** 34n, 2n ** 35n, 2n ** 36n], 100);
  const alone = await draw(KEY, [2n ** 35n], 100);
  // But for rounding: the functions of a vector's last few elements are computed one by one, and may differ in a bit.
  for (const [i, value] of together.slice(100, 200).entries())
    assert.ok(Math.abs(value - alone[i]) < 1e-6, `${i}: ${value} and ${alone[i]}`);
  const other = await draw(squaresKey(new Random(2, 'test')), [2n ** 35n], 100);
  assert.ok(other.filter((value, i) => value === alone[i]).length <= 1);
});

test('normals have the moments of a normal distribution and no correlation', async () => {
  const rows = 64n;
  const columns = 8192;
  const x = await draw(
    KEY,
    Array.from({ length: Number(rows) }, (_, i) => BigInt(i) << 32n),
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

test('draws of a stream take one range of positions after another', async () => {
  const start = 7n * 2n ** 32n;
  const [first, second, uniform, third] = await stream(start, 1, (random) => [
    random.normals([3, 5]),
    random.normals([4]),
    random.uniforms([3]),
    random.normals([2, 2]),
  ]);
  assert.equal(first, await draw(KEY, [start], 15)); // 8 pairs
  assert.equal(second, await draw(KEY, [start + 8n], 4)); // 2 pairs
  const pairs = [reference(start + 10n, KEY), reference(start + 11n, KEY)];
  const words24 = [pairs[0][0], pairs[1][0], pairs[0][1]].map((bits) => Math.floor(bits / 256));
  assert.equal(
    uniform,
    Float32Array.from(words24, (bits) => bits / 2 ** 24),
  );
  assert.equal(third, await draw(KEY, [start + 12n], 4));
});

test('uniform numbers are uniform, at least 0 and below 1', async () => {
  const size = 2 ** 18;
  const [x] = await stream(2n ** 40n, 1, (random) => [random.uniforms([size / 8, 8])]);
  assert.ok(x.every((value) => value >= 0 && value < 1));
  const counts = new Array<number>(16).fill(0);
  for (const value of x) counts[Math.floor(value * 16)]++;
  const chi = counts.reduce((total, count) => total + (count - size / 16) ** 2 / (size / 16), 0);
  assert.ok(chi < 44.3, `chi-squared ${chi}: ${counts}`);
});

test('dropout drops at its rate, scales the rest, and lets gradients through the same mask', async () => {
  const size = 2 ** 16;
  for (const rate of [0.1, 0.75]) {
    const [y, again, d] = await stream(2n ** 32n, size, (random, x) => {
      const dropped = random.dropout(x, rate);
      const loss = scale(sum(square(dropped), [0]), 0.5);
      return [dropped, random.dropout(x, rate), gradient(loss, [x])[0]];
    });
    const factor = Math.fround(1 / (1 - rate));
    assert.ok(y.every((value) => value === 0 || value === factor));
    const share = y.filter((value) => value === 0).length / size;
    assert.ok(Math.abs(share - rate) < 5 * Math.sqrt((rate * (1 - rate)) / size), `dropped ${share}`);
    assert.ok(y.some((value, i) => value !== again[i])); // another draw, another mask
    assert.equal(
      d,
      y.map((value) => value * factor),
    );
  }
});

test('a word decides four elements of a mask, as if each had a word of its own', async () => {
  const [start, rate] = [9n * 2n ** 32n, Math.fround(0.3)];
  const f = Math.fround;
  const size = 4002; // 1001 words, in pairs 1002
  const [y] = await stream(start, size, (random, x) => [random.dropout(x, rate)]);
  const pairs = Array.from({ length: 501 }, (_, i) => reference(start + BigInt(i), KEY));
  let left = [...pairs.map(([first]) => first), ...pairs.map(([, second]) => second)].map(
    (bits) => f(bits) / 2 ** 32,
  );
  const expected: boolean[] = [];
  for (let element = 0; element < 4; element++) {
    expected.push(...left.map((u) => u >= rate));
    left = left.map((u) => f(u < rate ? u * f(1 / rate) : f(u - rate) * f(1 / (1 - rate))));
  }
  assert.equal(
    Array.from(y, (value) => value > 0),
    expected.slice(0, size),
  );

  // Each of the 16 outcomes of a word comes as often as it should: chi-squared with 15 degrees of freedom.
  const words = 2 ** 16;
  const [mask] = await stream(start, 4 * words, (random, x) => [random.dropout(x, rate)]);
  const counts = new Array<number>(16).fill(0);
  for (let word = 0; word < words; word++) {
    let outcome = 0;
    for (let element = 0; element < 4; element++)
      outcome += Number(mask[element * words + word] > 0) << element;
    counts[outcome]++;
  }
  const chi = counts.reduce((total, count, outcome) => {
    const kept = [0, 1, 2, 3].filter((element) => (outcome >> element) & 1).length;
    const expectedCount = words * (1 - rate) ** kept * rate ** (4 - kept);
    return total + (count - expectedCount) ** 2 / expectedCount;
  }, 0);
  assert.ok(chi < 44.3, `chi-squared ${chi}: ${counts}`);
});

test('dropout of nothing draws nothing; what no stream can give is refused', async () => {
  const start = 5n * 2n ** 32n;
  const [y, drawn] = await stream(start, 4, (random, x) => {
    for (const rate of [-0.1, 1, Number.NaN])
      assert.throws(() => random.dropout(x, rate), /below 1 for rate of dropout but received/);
    assert.is(random.dropout(x, 0), x);
    return [random.dropout(x, 0), random.normals([6])];
  });
  assert.equal(y, Float32Array.of(1, 1, 1, 1));
  assert.equal(drawn, await draw(KEY, [start], 6));

  const graph = new Graph();
  const [key, position] = ['key', 'position'].map((name) => graph.input('uint64', [], name));
  const random = new RandomStream(key, position);
  random.normals([2 ** 17, 2 ** 16 - 1]); // 2^32 - 2^16 positions
  random.uniforms([2 ** 17]); // 2^16 more
  assert.throws(() => random.normals([1]), /4294967296 positions .* but received 4294967297/);
  assert.throws(() => normals(key, position, 3), /starts uint64 \[rows\] for random words but received/);
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

test('a graph for the processor draws the same bytes as one for any provider', async () => {
  const drawn = [];
  for (const target of ['any', 'cpu'] as const) {
    const graph = new Graph(undefined, target);
    const starts = graph.input('uint64', [2], 'starts');
    graph.output(normals(graph.input('uint64', [], 'key'), starts, 1001), 'y');
    const ops = readModel(graph.toModel()).graph.nodes.map(({ op }) => op);
    assert.is(ops.includes('BitShift'), target === 'cpu');
    const feeds = { key: words([KEY], []), starts: words([3n, 2n ** 63n + 17n], [2]) };
    drawn.push((await evaluate(graph, feeds)).y.data);
  }
  assert.equal(drawn[0], drawn[1]);
});

test.run();

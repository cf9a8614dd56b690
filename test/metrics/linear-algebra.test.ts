import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { featureMoments, frechetDistance } from '../../src/metrics/frechet.js';
import { PrincipalComponents, Standardiser } from '../../src/metrics/principal-components.js';
import { symmetricEigen } from '../../src/metrics/symmetric-eigen.js';
import { covariance, newTable, type Table } from '../../src/metrics/table.js';
import { Random } from '../../src/random/random.js';

const close = (actual: number, expected: number, tolerance: number, what = ''): void =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what} ${actual} is not ${expected} +- ${tolerance}`);

const normalTable = (rows: number, columns: number, ...key: (number | string)[]): Table => {
  const random = new Random(...key);
  const table = newTable(rows, columns);
  table.data.forEach((_, i) => {
    table.data[i] = random.normal();
  });
  return table;
};

test('eigenvalues and vectors rebuild the matrix, are orthonormal and sorted, up to the size in use', () => {
  for (const [n, rows] of [
    [1, 3],
    [2, 5],
    [3, 9],
    [24, 60],
    [24, 5],
    [220, 400],
    [384, 60],
  ]) {
    const matrix = covariance(normalTable(rows, n, 'eigen', n));
    const { values, vectors } = symmetricEigen(matrix, n);
    for (let i = 1; i < n; i++) assert.ok(values[i] <= values[i - 1]);
    let worst = 0;
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        let rebuilt = 0;
        let dot = 0;
        for (let k = 0; k < n; k++) {
          rebuilt += values[k] * vectors[k * n + i] * vectors[k * n + j];
          dot += vectors[i * n + k] * vectors[j * n + k];
        }
        worst = Math.max(worst, Math.abs(rebuilt - matrix[i * n + j]), Math.abs(dot - (i === j ? 1 : 0)));
      }
    assert.ok(worst < 1e-12 * n + 1e-13, `n = ${n}: ${worst}`);
  }
});

test('eigenvalues of matrices with a closed form, degenerate ones included', () => {
  // Second differences: 2 - 2 cos(k pi / (n + 1)).
  const n = 12;
  const chain = Float64Array.from({ length: n * n }, (_, i) => {
    const gap = Math.abs(Math.floor(i / n) - (i % n));
    return gap === 0 ? 2 : gap === 1 ? -1 : 0;
  });
  symmetricEigen(chain, n).values.forEach((value, i) => {
    close(value, 2 - 2 * Math.cos(((n - i) * Math.PI) / (n + 1)), 1e-13);
  });
  // All ones: n once, 0 otherwise.
  const { values } = symmetricEigen(new Float64Array(25).fill(1), 5);
  close(values[0], 5, 1e-14);
  for (let i = 1; i < 5; i++) close(values[i], 0, 1e-14);
  assert.equal([...symmetricEigen([3, 0, 0, 0, 7, 0, 0, 0, 5], 3).values], [7, 5, 3]);
});

test('Frechet distance: the closed form of Gaussians with diagonal covariance, symmetry, shift and scale', () => {
  const moments = (mean: number[], variance: number[]) => ({
    mean: Float64Array.from(mean),
    covariance: Float64Array.from({ length: mean.length ** 2 }, (_, i) =>
      Math.floor(i / mean.length) === i % mean.length ? variance[i % mean.length] : 0,
    ),
  });
  const a = moments([0, 1, -2], [1, 4, 9]);
  const b = moments([1, 1, 0], [4, 4, 1]);
  // abs(m)^2 = 1 + 0 + 4; sum (s1 - s2)^2 = 1 + 0 + 4.
  close(frechetDistance(a, b), 10, 1e-5);
  close(frechetDistance(b, a), 10, 1e-5);
  const set = featureMoments(normalTable(300, 24, 'frechet'));
  close(frechetDistance(set, set), 0, 1e-9);
  const moved = { mean: set.mean.map((value) => value + 0.5), covariance: set.covariance };
  close(frechetDistance(set, moved), 24 * 0.25, 1e-8);
  const wider = { mean: set.mean, covariance: set.covariance.map((value) => value * 4) };
  const trace = set.covariance.reduce((sum, value, i) => sum + (i % 25 === 0 ? value : 0), 0);
  close(frechetDistance(set, wider), trace, 1e-4);
});

test('Frechet distance of correlated Gaussians in the plane: the closed form of tr (A B)^1/2', () => {
  const a = { mean: Float64Array.of(0, 0), covariance: Float64Array.of(2, 0.8, 0.8, 1) };
  const b = { mean: Float64Array.of(0, 0), covariance: Float64Array.of(1, -0.3, -0.3, 3) };
  // tr (AB)^1/2 = sqrt(tr AB + 2 sqrt(det A det B)) in two dimensions.
  const product = 2 * 1 + 2 * 0.8 * -0.3 + 1 * 3;
  const root = Math.sqrt(product + 2 * Math.sqrt((2 - 0.64) * (3 - 0.09)));
  close(frechetDistance(a, b), 3 + 4 - 2 * root, 1e-5);
});

test('principal components: unit mean variance on the fitted data, the leading direction first, a hidden plane found', () => {
  const random = new Random('pca');
  const table = newTable(500, 6);
  for (let i = 0; i < table.rows; i++) {
    const u = 3 * random.normal();
    const v = random.normal();
    table.data.set([u + v, u - v, 2 * u, v, -u, u + 2 * v], i * 6);
  }
  const components = PrincipalComponents.fit(table, 2);
  close(components.energy, 1, 1e-9);
  const scores = components.apply(table);
  const c = covariance(scores);
  close((c[0] + c[3]) / 2, 1, 1e-9);
  close(c[1], 0, 1e-9);
  assert.ok(c[0] > 3 * c[3]);
});

test('standardised features have mean 0 and deviation 1 and are clipped', () => {
  const table = normalTable(200, 3, 'standard');
  table.data.forEach((value, i) => {
    table.data[i] = value * (1 + (i % 3)) + 5;
  });
  const standardiser = Standardiser.fit(table);
  const c = covariance(standardiser.apply(table));
  for (const i of [0, 4, 8]) close(c[i], 1, 0.02);
  const absurd = newTable(1, 3);
  absurd.data.fill(1e9);
  assert.equal([...standardiser.apply(absurd).data], [10, 10, 10]);
});

test.run();

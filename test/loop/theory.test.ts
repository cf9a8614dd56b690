import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { digamma, logGamma } from '../../src/loop/gamma-function.js';
import * as theory from '../../src/loop/theory.js';

const near = (value: number, expected: number, error = 1e-12): void =>
  assert.ok(
    Math.abs(value - expected) <= error * Math.max(1, Math.abs(expected)),
    `${value}, expected ${expected}`,
  );

test('the stability limit is 1/2, 2/3, 3/4, 6/7 and 1 at gamma 0, 1, 2, 5 and Infinity', () => {
  [0, 1, 2, 5].forEach((gamma, i) => near(theory.stabilityLimit(gamma), [1 / 2, 2 / 3, 3 / 4, 6 / 7][i]));
  near(theory.stabilityLimit(Number.POSITIVE_INFINITY), 1);
});

test('below the limit the rate is below 1, above it above, at the limit 1', () => {
  const model = { alpha: 2, L: 3, epsilon: 0.1 };
  for (const gamma of [0, 0.3, 1, 7]) {
    const limit = theory.maximalLambda(gamma, model);
    near(theory.contractionRate(limit, gamma, model), 1);
    assert.ok(theory.contractionRate(0.999 * limit, gamma, model) < 1);
    assert.ok(theory.contractionRate(1.001 * limit, gamma, model) > 1);
    assert.ok(theory.isStable(0.999 * limit, gamma, model) && !theory.isStable(1.001 * limit, gamma, model));
  }
});

test('rho by hand, its pole, and no correction but full', () => {
  near(theory.rho(0.25), 1 / 3);
  near(theory.rho(0.25, { alpha: 2, L: 3, epsilon: 0.1 }), (0.25 * 2.3) / (2 - 0.25 * 2.3));
  assert.is(theory.rho(1), Number.POSITIVE_INFINITY);
  assert.is(theory.contractionRate(0.5, Number.POSITIVE_INFINITY), 0);
  assert.is(theory.contractionRate(1, Number.POSITIVE_INFINITY), Number.POSITIVE_INFINITY);
});

test('the bound curve: a geometric series, at rest where there is nothing to bound', () => {
  const curve = theory.boundCurve(0.25, 1, { generations: 3, distance: 6, tau: 0.5 });
  const r = 1 / 6;
  [0, 1, 2, 3].forEach((t) => {
    let sum = 0;
    for (let i = 0; i <= t; i++) sum += r ** i;
    near(curve[t], 0.5 * sum + r ** t * 6);
  });
  assert.equal([...theory.boundCurve(2, 0, { generations: 2, distance: 0 })], [0, 0, 0]);
  near(
    theory.fitError(100, { a: 2, b: 1, delta: 0.05, epsilonOpt: 0.1 }),
    0.1 + 0.2 * Math.sqrt(Math.log(20)),
  );
});

test('c4 against its table, and the gamma function against factorials and known values', () => {
  near(theory.c4(2), 0.7978845608, 1e-10);
  near(theory.c4(10), 0.9726592741, 1e-10);
  for (let n = 1, factorial = 1; n < 15; factorial *= n++) near(Math.exp(logGamma(n)), factorial, 1e-12);
  near(digamma(1), -0.5772156649015329);
  near(digamma(0.5), -0.5772156649015329 - 2 * Math.LN2);
  near(digamma(31.5), (logGamma(31.5001) - logGamma(31.4999)) / 2e-4, 1e-7);
});

test('variances: replace, accumulate and its limit, subsample between the two', () => {
  near(theory.replaceVariance(10, 10), 0.9 ** 10);
  near(theory.accumulateVariance(10, 2), 0.9 * (1 - 1 / 40));
  near(theory.accumulateVariance(100, 1e6), theory.accumulatePlateau(100), 1e-7);
  near(theory.subsampleVariance(10, 1), 0.9);
  for (const fits of [2, 10, 100]) {
    const middle = theory.subsampleVariance(100, fits);
    assert.ok(theory.replaceVariance(100, fits) < middle || fits === 2);
    assert.ok(middle < theory.accumulateVariance(100, fits));
  }
  // Published simulations with 1,000 to 2,000 seeds: .775 and .767 for N = 10; .973 and .972 for N = 100.
  near(theory.subsampleVariance(10, 10), 0.775, 0.02);
  near(theory.subsampleVariance(100, 100), 0.972, 0.005);
  near(theory.correctedReplaceVariance(10, 0, 7), theory.replaceVariance(10, 7));
  near(theory.correctedReplaceVariance(10, Number.POSITIVE_INFINITY, 7), 0.9);
  near(theory.kernelVariance(10, 0.2, 1, 1), 0.9 + 0.04);
});

test('regression: linear growth, and pi^2 / 6', () => {
  const size = { d: 10, rows: 100, sigma: 1 };
  near(theory.regressionError(size), 10 / 89);
  near(theory.regressionReplace(size, 20), 200 / 89);
  near(theory.regressionAccumulate(size, 3), (10 / 89) * (1 + 1 / 4 + 1 / 9));
  near(theory.regressionAccumulate(size, 1e6), (10 / 89) * (Math.PI ** 2 / 6), 1e-5);
});

test('the median deviation is near exp(-G / M)', () => {
  for (const m of [500, 1000, 10_000]) near(theory.medianDeviation(m, 1000), Math.exp(-1000 / m), 0.005);
  near(theory.goldenWeight(1), (Math.sqrt(5) - 1) / 2);
});

test('what is out of range is named', () => {
  assert.throws(() => theory.rho(-1), /Expected a finite number >= 0 for lambda but received -1/);
  assert.throws(
    () => theory.stabilityLimit(Number.NaN),
    /Expected a number >= 0 or Infinity for gamma but received NaN/,
  );
  assert.throws(() => theory.rho(1, { alpha: 0, L: 0, epsilon: 0 }), /for alpha but received 0/);
  assert.throws(() => theory.replaceVariance(0, 1), /for n but received 0/);
  assert.throws(
    () => theory.regressionError({ d: 10, rows: 11, sigma: 1 }),
    /Expected an integer >= 12 for rows/,
  );
  assert.throws(
    () => theory.boundCurve(0.1, 1, { generations: 1.5, distance: 1 }),
    /for generations but received 1.5/,
  );
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pairedTests, permutationTest, signTest, tTest } from '../../src/loop/paired-tests.js';
import { Random } from '../../src/random/random.js';

const close = (actual: number, expected: number, tolerance: number): void =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected} +- ${tolerance}`);

test('sign test: binomial probabilities by hand', () => {
  close(signTest(5, 0), 2 / 32, 1e-12);
  close(signTest(0, 5), 2 / 32, 1e-12);
  close(signTest(9, 1), (2 * (1 + 10)) / 1024, 1e-12);
  close(signTest(24, 0), 2 ** -23, 1e-15);
  assert.is(signTest(3, 3), 1);
  assert.is(signTest(0, 0), 1);
});

test('paired t: the sleep data of Student 1908, t = 4.0621 with 9 degrees of freedom, p = 0.00283', () => {
  close(tTest([1.2, 2.4, 1.3, 1.3, 0, 1, 1.8, 0.8, 4.6, 1.4]), 0.002833, 1e-6);
  assert.is(tTest([0, 0, 0]), 1);
  assert.is(tTest([2, 2, 2]), 0);
});

test('permutation: all signs of a few numbers counted by hand, many numbers near the t test', () => {
  // Sums of +-1 +-2 +-4: |.| >= 7 in 2 of 8, >= 5 in 4 of 8.
  assert.is(permutationTest([1, 2, 4]), 2 / 8);
  assert.is(permutationTest([-1, 2, 4]), 4 / 8);
  assert.is(permutationTest([0.1, 0.1, 0.1]), 2 / 8);
  const values = Array.from({ length: 40 }, (_, i) => new Random(i, 'permutation').normal() + 0.35);
  close(permutationTest(values), tTest(values), 0.01);
  assert.is(permutationTest(Array.from({ length: 40 }, () => 1)), 1 / 10_000);
});

test('under no difference each test rejects at 5 % in no more than 5 % of draws, and the t test in as many', () => {
  const runs = 2000;
  const rejected = { sign: 0, t: 0, permutation: 0 };
  for (let run = 0; run < runs; run++) {
    const random = new Random(run, 'level');
    const p = pairedTests(Array.from({ length: 9 }, () => random.normal()));
    for (const name of ['sign', 't', 'permutation'] as const) if (p[name] <= 0.05) rejected[name]++;
  }
  const error = Math.sqrt((0.05 * 0.95) / runs);
  // Nine signs: P(8 or 9 alike) = 20/512 = .039; sums of signs: the largest level under .05 is 25/512 = .0488 to 26/512.
  close(rejected.sign / runs, 20 / 512, 4 * error);
  close(rejected.permutation / runs, 0.049, 4 * error);
  close(rejected.t / runs, 0.05, 4 * error);
});

test.run();

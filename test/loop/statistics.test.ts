import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { meanInterval, slopeInterval, studentInterval } from '../../src/loop/statistics.js';
import { Random } from '../../src/random/random.js';

const close = (actual: number, expected: number, tolerance: number): void =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected} +- ${tolerance}`);

test('quantiles of the t distribution are those of the tables', () => {
  for (const [level, degrees, expected] of [
    [0.95, 1, 12.7062047],
    [0.95, 2, 4.3026527],
    [0.95, 9, 2.2621572],
    [0.95, 30, 2.0422725],
    [0.99, 5, 4.0321429],
    [0.9, 1000, 1.6463788],
  ])
    close(studentInterval(level, degrees), expected, 1e-6);
});

test('slope and interval of a worked example', () => {
  // x 0..4, y 1 3 2 5 4: slope .8, residual sum of squares 3.6, se = sqrt(3.6 / 3 / 10) = .34641, t(3) = 3.18245.
  const { slope, interval } = slopeInterval([0, 1, 2, 3, 4], [1, 3, 2, 5, 4]);
  close(slope, 0.8, 1e-12);
  close(interval[0], 0.8 - 3.1824463 * Math.sqrt(0.12), 1e-6);
  close(interval[1], 0.8 + 3.1824463 * Math.sqrt(0.12), 1e-6);
  assert.throws(() => slopeInterval([0, 1], [0, 1]), /three points/);
});

test('a 95 % interval holds the true slope and mean in 95 % of draws', () => {
  let slopes = 0;
  let means = 0;
  const runs = 4000;
  for (let run = 0; run < runs; run++) {
    const random = new Random(run, 'coverage');
    const x = [0, 1, 2, 3, 4, 5];
    const fit = slopeInterval(
      x,
      x.map((value) => 3 - 0.7 * value + 2 * random.normal()),
    );
    if (fit.interval[0] <= -0.7 && fit.interval[1] >= -0.7) slopes++;
    const mean = meanInterval([1, 2, 3].map(() => 5 + random.normal()));
    if (mean.interval[0] <= 5 && mean.interval[1] >= 5) means++;
  }
  // Four standard errors of a proportion of 4000: 1.4 %.
  close(slopes / runs, 0.95, 0.014);
  close(means / runs, 0.95, 0.014);
});

test.run();

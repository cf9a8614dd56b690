import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  constantRate,
  cosineDecay,
  type LearningRateSchedule,
  linearDecay,
  stepDecay,
  warmup,
} from '../../src/graph/index.js';

function follows(schedule: LearningRateSchedule, points: Record<number, number>): void {
  for (const [step, rate] of Object.entries(points)) {
    const actual = schedule(Number(step));
    assert.ok(Math.abs(actual - rate) < 1e-12, `step ${step}: ${actual} is not ${rate}`);
  }
}

test('schedules go through the points of their formulas', () => {
  follows(constantRate(0.3), { 0: 0.3, 1000: 0.3 });
  follows(linearDecay({ from: 1, to: 0.2, steps: 4 }), { 0: 1, 1: 0.8, 2: 0.6, 4: 0.2, 5: 0.2, 100: 0.2 });
  follows(cosineDecay({ from: 1, steps: 4 }), { 0: 1, 1: (1 + Math.SQRT1_2) / 2, 2: 0.5, 4: 0, 9: 0 });
  follows(cosineDecay({ from: 3, to: 1, steps: 2 }), { 0: 3, 1: 2, 2: 1, 3: 1 });
  follows(stepDecay({ from: 8, factor: 0.5, every: 3 }), { 0: 8, 2: 8, 3: 4, 5: 4, 6: 2 });
});

test('a warm-up scales what comes after it', () => {
  follows(warmup(4, constantRate(2)), { 0: 0.5, 1: 1, 3: 2, 4: 2, 50: 2 });
  follows(warmup(2, linearDecay({ from: 1, steps: 10 })), { 0: 0.5, 1: 0.9, 5: 0.5, 10: 0 });
});

test('rates and steps that make no sense are refused', () => {
  const cases: [() => unknown, RegExp][] = [
    [() => constantRate(-1), /at least 0 for rate but received -1/],
    [() => linearDecay({ from: Number.NaN, steps: 1 }), /for from but received NaN/],
    [() => cosineDecay({ from: 1, to: Number.POSITIVE_INFINITY, steps: 1 }), /for to but received Infinity/],
    [() => cosineDecay({ from: 1, steps: 0 }), /at least 1 for steps but received 0/],
    [() => stepDecay({ from: 1, factor: 0.5, every: 1.5 }), /for every but received 1\.5/],
    [() => warmup(0, constantRate(1)), /for steps but received 0/],
  ];
  for (const [build, message] of cases) assert.throws(build, message);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as theory from '../../src/loop/theory.js';
import { Random } from '../../src/random/random.js';
import { bandwidthOf, densityTask } from '../../src/tasks/density.js';
import { discreteTask } from '../../src/tasks/discrete.js';
import { type Mixture, mixtureTask, squaredDistance } from '../../src/tasks/mixture.js';
import { drawShape, SHAPES, type ShapeName } from '../../src/tasks/shapes.js';
import { misses, simulated } from './simulated.js';

test('discrete: heterozygosity shrinks by 1 - 1/N a generation under replace, by 1 - 1/(N i^2) under accumulate', async () => {
  const task = discreteTask({ categories: 10, exponent: 0 });
  const arms = ['uncorrected@regime=replace', 'uncorrected@regime=accumulate'];
  const curve = await simulated(task, { n: 20, generations: 15, arms }, 800);
  const law = (at: (n: number, fits: number) => number): number[] =>
    Array.from({ length: 16 }, (_, t) => 0.9 * at(20, t + 1));
  assert.equal(misses(curve(arms[0], 'heterozygosity'), law(theory.replaceVariance), 4), []);
  assert.equal(misses(curve(arms[1], 'heterozygosity'), law(theory.accumulateVariance), 4), []);
  const support = curve(arms[0], 'support').values;
  assert.ok(
    support.slice(1).every((now, t) => now.every((value, seed) => value <= support[t][seed])),
    'what is lost does not come back',
  );
});

test('kernel density, replace, fixed bandwidth: V = (1 - 1/N) V + h^2 on every shape', async () => {
  for (const shape of Object.keys(SHAPES) as ShapeName[]) {
    const h = 0.4;
    const task = densityTask({ shape, bandwidth: h, testPoints: 2 });
    const settings = { n: 20, regime: 'replace', generations: 8 } as const;
    const { mean, error } = (await simulated(task, { ...settings, arms: ['uncorrected'] }, 300))(
      'uncorrected',
      'variance',
    );
    for (let t = 0; t <= 8; t++) {
      const expected = theory.kernelVariance(20, h, mean[0], t);
      assert.ok(
        Math.abs(mean[t] - expected) <= 4 * error[t],
        `${shape} ${t}: ${mean[t]} +- ${error[t]}, theory ${expected}`,
      );
    }
  }
});

test('kernel density: accumulated data keep the likelihood that replaced data lose', async () => {
  const arms = ['uncorrected@regime=replace', 'uncorrected@regime=accumulate'];
  const curve = await simulated(densityTask({ shape: 'moons' }), { n: 60, generations: 12, arms }, 8);
  const [replace, accumulate] = arms.map((arm) => curve(arm, 'nll').mean[12]);
  assert.ok(replace > accumulate + 0.3, `${replace} and ${accumulate}`);
});

test('bandwidth rules', () => {
  assert.is(bandwidthOf('scott', 64, 2), 0.5);
  assert.ok(Math.abs(bandwidthOf('silverman', 64, 2) - 0.5) < 1e-12, 'equal in two dimensions');
  assert.is(bandwidthOf(0.3, 64, 2), 0.3);
});

test('shapes lie where their definition says', () => {
  const random = new Random('shapes');
  const circles = drawShape('circles', 500, random);
  const moons = drawShape('moons', 500, random);
  const roll = drawShape('swiss_roll', 500, random);
  for (let i = 0; i < 500; i++) {
    const radius = Math.hypot(circles[2 * i], circles[2 * i + 1]);
    assert.ok(Math.min(Math.abs(radius - 1), Math.abs(radius - 0.5)) < 0.25);
    const upper = Math.hypot(moons[2 * i], moons[2 * i + 1]);
    const lower = Math.hypot(moons[2 * i] - 1, moons[2 * i + 1] - 0.5);
    assert.ok(Math.min(Math.abs(upper - 1), Math.abs(lower - 1)) < 0.25);
    const [x, z] = [roll[3 * i], roll[3 * i + 2]];
    const turn = Math.hypot(x, z);
    assert.ok(Math.abs(Math.cos(turn) * turn - x) < 2.5 && Math.abs(Math.sin(turn) * turn - z) < 2.5);
  }
});

test('mixture: the squared L2 distance of two normals is the closed form, and nought of one to itself', () => {
  const one: Mixture = { weights: [1], normals: [{ mean: [0, 0], covariance: [1, 0, 0, 1] }] };
  const other: Mixture = { weights: [1], normals: [{ mean: [2, 0], covariance: [1, 0, 0, 1] }] };
  assert.ok(squaredDistance(one, one) < 1e-16);
  assert.ok(Math.abs(squaredDistance(one, other) - (2 - 2 * Math.exp(-1)) / (4 * Math.PI)) < 1e-15);
});

test('mixture: eight normals are found; replaced data drift from the target, correction holds them', async () => {
  const arms = ['uncorrected', 'corrected@gamma=5'];
  const curve = await simulated(
    mixtureTask({ target: 'ring' }),
    { n: 1000, generations: 10, regime: 'replace', arms },
    6,
  );
  // The density's own norm is 1 / (8 4 pi 0.04) = 0.249. EM either finds all eight, up to the error of 125 points each, or leaves two of
  // them to one centre (measured: 0.044).
  const first = curve(arms[0], 'l2').values[0];
  assert.ok(Math.min(...first) < 0.01, first.join(' '));
  assert.ok(Math.max(...first) < 0.06, first.join(' '));
  const [drift, held] = arms.map((arm) => curve(arm, 'l2').mean[10]);
  assert.ok(drift > 2 * held, `${drift} and ${held}`);
});

test.run();

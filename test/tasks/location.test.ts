import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { contractionRate, isStable } from '../../src/loop/theory.js';
import { locationConstants, locationTask } from '../../src/tasks/location.js';
import { simulated } from './simulated.js';

test('alpha, L and epsilon of the location family', () => {
  const { alpha, L, epsilon } = locationConstants(1);
  // E sech^2 of a standard normal, by another rule: the trapezium with other nodes.
  let sum = 0;
  for (let x = -12; x <= 12; x += 0.01)
    sum += (0.01 * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI) / Math.cosh(x) ** 2;
  assert.ok(Math.abs(alpha - sum) < 1e-9, `${alpha} ${sum}`);
  let slope = 0;
  for (let x = 0; x < 3; x += 1e-4) slope = Math.max(slope, (2 * Math.sinh(x)) / Math.cosh(x) ** 3);
  assert.ok(Math.abs(L - slope) < 1e-7);
  // Of unimodal symmetric densities that cross once: E|X| differs by the distance, here 2 G / (pi/2)... against sqrt(2 / pi).
  const catalan = 0.915965594177219;
  assert.ok(
    Math.abs(epsilon - Math.abs((4 * catalan) / Math.PI - Math.sqrt(2 / Math.PI))) < 1e-4,
    String(epsilon),
  );
});

test('the measured contraction is at most rho / (1 + gamma) wherever the theorem speaks', async () => {
  const rows: string[] = [];
  let spoken = 0;
  for (const spread of [1, 1.5707963]) {
    const model = locationConstants(spread);
    for (const lambda of [0.1, 0.3, 0.5, 0.9]) {
      const gammas = [0, 0.3, 1, 5];
      const curve = await simulated(
        locationTask({ spread }),
        { arms: gammas.map((gamma) => `corrected@gamma=${gamma}`), lambda, generations: 5, n: 4000 },
        2,
      );
      for (const gamma of gammas) {
        const { values } = curve(`corrected@gamma=${gamma}`, 'distance');
        // The worst generation of the worst seed.
        const rates = values.slice(1).flatMap((now, t) => now.map((value, seed) => value / values[t][seed]));
        const worst = Math.max(...rates);
        const bound = contractionRate(lambda, gamma, model);
        const stable = isStable(lambda, gamma, model);
        rows.push(
          `spread ${spread} lambda ${lambda} gamma ${gamma}: measured ${worst.toFixed(3)}, bound ${bound.toFixed(3)}${stable ? '' : ' (no promise)'}`,
        );
        if (!Number.isFinite(bound)) continue;
        spoken++;
        assert.ok(worst <= bound, rows[rows.length - 1]);
        assert.ok(worst > 0, 'it contracts, and has not arrived');
      }
    }
  }
  assert.ok(spoken >= 12, `${spoken} cells with a bound`);
  for (const row of rows.filter((text) => text.includes('no promise'))) console.log(`note: ${row}`);
});

test.run();

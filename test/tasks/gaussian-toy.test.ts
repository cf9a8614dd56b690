import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { simulate } from '../../src/loop/simulate.js';
import { gaussianToyTask, TOY_GAMMAS } from '../../src/tasks/gaussian-toy.js';
import { simulated } from './simulated.js';

/** q10 and q90 of W2 at generation 500 over 24 runs of the released algorithm (design note, section 1.3). */
const RELEASED: readonly (readonly [number, number])[] = [
  [0.515, 0.609],
  [0.509, 0.589],
  [0.474, 0.529],
  [0.378, 0.435],
  [0.253, 0.285],
  [0.12, 0.14],
  [0.067, 0.086],
  [0.024, 0.049],
];
const arm = (gamma: number): string => `corrected@gamma=${gamma}`;
const arms = TOY_GAMMAS.map(arm);

test('24 seeds, 500 generations: W2 lies in the published range for every gamma and falls strictly with it', async () => {
  const started = process.cpuUsage();
  const curve = await simulated(gaussianToyTask(), { arms }, 24);
  const used = process.cpuUsage(started);
  const seconds = (used.user + used.system) / 1e6;
  const w2 = arms.map((name) => curve(name, 'w2').mean[500]);
  console.log(
    `note: released W2@500 ${w2.map((x) => x.toFixed(3)).join(' ')}, ${seconds.toFixed(1)} s of processor time`,
  );
  w2.forEach((mean, i) => {
    const [low, high] = RELEASED[i];
    assert.ok(
      mean >= low && mean <= high,
      `gamma = ${TOY_GAMMAS[i]}: ${mean.toFixed(4)} not in ${low}-${high}`,
    );
    if (i > 0) assert.ok(mean < w2[i - 1], `gamma = ${TOY_GAMMAS[i]}: ${mean} after ${w2[i - 1]}`);
  });
  // The goal is 60 s on two cores; a third of that on one leaves room for a busy machine.
  assert.ok(seconds < 60, `${seconds} s of processor time`);
});

test('the other two correctors: all of the target at full strength, no change at none', async () => {
  const short = { arms: ['uncorrected', arm(0), arm(5)], generations: 40 };
  for (const corrector of ['transport', 'exact']) {
    const curve = await simulated(gaussianToyTask(), { ...short, corrector }, 12);
    const [none, zero, five] = short.arms.map((name) => curve(name, 'w2'));
    // Neither touches a sample at gamma = 0, unlike the released one.
    assert.equal(zero.values, none.values, corrector);
    assert.ok(five.mean[40] < none.mean[40], `${corrector}: ${five.mean[40]} and ${none.mean[40]}`);
  }
  const released = await simulated(gaussianToyTask(), { ...short, corrector: 'released' }, 12);
  assert.ok(
    released(arm(0), 'w2').mean[40] > released('uncorrected', 'w2').mean[40],
    'the released corrector does harm at gamma = 0',
  );
});

test('a corrector that is asked for by a wrong name is refused by name', async () => {
  let message = '';
  await simulate(gaussianToyTask(), { arms: ['corrected'], corrector: 'nonsense' }).catch((error: Error) => {
    message = error.message;
  });
  assert.match(message, /corrector "nonsense" \(it has released, transport, exact\)/);
});

test.run();

import { type LoopConfig, meanInterval, type Row, simulate } from '../loop/index.js';
import type { Task } from '../loop/task.js';
import { boundCurve } from '../loop/theory.js';
import { figureSvg } from '../report/figure.js';
import type { Point, Series } from '../report/series.js';
import { gaussianTask } from '../tasks/gaussian.js';
import { gaussianToyTask } from '../tasks/gaussian-toy.js';
import { locationConstants, locationTask } from '../tasks/location.js';

export const FIGURES = ['regimes', 'gamma', 'selection', 'bound'] as const;
export type FigureName = (typeof FIGURES)[number];

/** Curves of a metric over seeds, one series per arm; every `step`th generation. */
async function curves<S>(
  task: Task<S>,
  config: Partial<LoopConfig> & { arms: string[] },
  metric: string,
  names: readonly string[],
  signal: AbortSignal,
  step = 1,
): Promise<Series[]> {
  const values = new Map<string, number[][]>();
  const collect = (_seed: number, rows: Row[]): void => {
    for (const row of rows) {
      if (row.kind !== 'generation') continue;
      for (const arm of row.arm === null ? config.arms : [row.arm]) {
        const own = values.get(arm) ?? [];
        values.set(arm, own);
        own[row.generation] ??= [];
        own[row.generation].push(row.metrics[metric]);
      }
    }
  };
  const seeds = Array.from({ length: 24 }, (_, i) => i);
  await simulate(
    task,
    { ...task.defaults, evaluationCount: 2, noiseRepeats: 2, seeds, ...config },
    { signal, baseline: false, onSeed: collect },
  );
  return config.arms.map((arm, i) => ({
    arm: names[i],
    colour: i + 1,
    points: values
      .get(arm)!
      .flatMap((own, generation) => (generation % step === 0 ? [pointOf(generation, own)] : [])),
  }));
}

function pointOf(generation: number, values: number[]): Point {
  const { mean, interval } = meanInterval(values);
  const square = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1);
  return { generation, mean, deviation: Math.sqrt(square), half: interval[1] - mean, values };
}

const closedForm = (values: ArrayLike<number>, colour: number): Series => ({
  arm: '',
  colour,
  points: Array.from(values, (mean, generation) => ({
    generation,
    mean,
    deviation: 0,
    half: 0,
    values: [mean],
  })),
});

/** The figures of docs/loop.md as SVG, 24 seeds each: some seconds. */
export async function theoryFigure(name: FigureName, signal: AbortSignal): Promise<string> {
  if (name === 'regimes') {
    const task = gaussianTask({ dimensions: 2 });
    const regimes = ['augment', 'replace', 'accumulate', 'subsample', 'thin', 'fresh', 'keep'];
    const arms = regimes.map((regime) => `uncorrected@regime=${regime}`);
    const config = { n: 50, generations: 100, lambda: 1, arms };
    return figureSvg({
      title: 'W2 to the target by regime: a Gaussian of the plane on its own samples',
      unit: 'N = 50, lambda = 1, no correction; mean of 24 seeds and its 95 % interval',
      meaning: '',
      series: await curves(task, config, 'modelW2', regimes, signal, 5),
      include: [0],
    });
  }
  if (name === 'gamma') {
    const gammas = [0, 0.03, 0.1, 0.3, 1, 2, 5];
    const config = { generations: 200, arms: gammas.map((gamma) => `corrected@gamma=${gamma}`) };
    const names = gammas.map((gamma) => `gamma ${gamma}`);
    return figureSvg({
      title: 'W2 to the target by correction strength: the Gaussian toy of Gillman et al.',
      unit: 'released corrector, 50 real samples, lambda = 1/2; mean of 24 seeds and its 95 % interval',
      meaning: '',
      series: await curves(gaussianToyTask(), config, 'w2', names, signal, 10),
      include: [0],
    });
  }
  if (name === 'selection') {
    const arms = ['uncorrected', 'best', 'selected', 'corrected'];
    const names = ['uncorrected', 'best of 4', 'selected', 'corrected'];
    const config = { n: 50, generations: 30, regime: 'replace' as const, gamma: 1, candidates: 4, arms };
    return figureSvg({
      title: 'Variance of a Gaussian that trains on its own samples alone, by what is done to them',
      unit: 'N = 50, regime replace, gamma = 1; mean of 24 seeds and its 95 % interval',
      meaning: '',
      series: await curves(gaussianTask({ dimensions: 2 }), config, 'modelVariance', names, signal),
      include: [0],
      reference: { value: 1, name: 'real' },
    });
  }
  const [spread, lambda, generations] = [Math.PI / 2, 0.4, 8];
  const model = locationConstants(spread);
  const gammas = [0, 1, 5];
  const config = { lambda, generations, arms: gammas.map((gamma) => `corrected@gamma=${gamma}`) };
  const names = gammas.map((gamma) => `gamma ${gamma}`);
  return figureSvg({
    title: 'Distance to theta*: measured (lines) and bounded (dashed)',
    unit: `location family with alpha ${model.alpha.toFixed(2)}, L ${model.L.toFixed(2)}, epsilon ${model.epsilon.toFixed(3)}; lambda = ${lambda}; log scale`,
    meaning: '',
    series: await curves(locationTask({ spread }), config, 'distance', names, signal),
    dashed: gammas.map((gamma, i) =>
      closedForm(boundCurve(lambda, gamma, { generations, distance: 0.1, model }), i + 1),
    ),
    wide: true,
  });
}

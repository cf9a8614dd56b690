import type { LoopConfig } from '../../src/loop/config.js';
import { simulate } from '../../src/loop/simulate.js';
import type { Task } from '../../src/loop/task.js';

/** Mean over seeds of a metric by generation, its standard error, and the values, `[generation][seed]`. */
export interface Curve {
  mean: number[];
  error: number[];
  values: number[][];
}

/** Seeds `first`, `first + 1`, ... of a task in memory: the curves of metrics, by `arm/metric`. Generation 0 is each arm's own first. */
export async function simulated<S>(
  task: Task<S>,
  config: Partial<LoopConfig>,
  seedCount: number,
  first = 0,
): Promise<(arm: string, metric: string) => Curve> {
  const columns = new Map<string, number[][]>();
  await simulate(
    task,
    {
      ...task.defaults,
      evaluationCount: 2,
      noiseRepeats: 2,
      ...config,
      seeds: Array.from({ length: seedCount }, (_, i) => first + i),
    },
    {
      baseline: false,
      onSeed(_seed, rows) {
        for (const row of rows) {
          if (row.kind !== 'generation') continue;
          for (const [metric, value] of Object.entries(row.metrics)) {
            const key = `${row.arm ?? ''}/${metric}`;
            const column = columns.get(key) ?? [];
            columns.set(key, column);
            column[row.generation] ??= [];
            column[row.generation].push(value);
          }
        }
      },
    },
  );
  return (arm, metric) => {
    const values = [columns.get(`/${metric}`)![0], ...columns.get(`${arm}/${metric}`)!.slice(1)];
    const mean = values.map((v) => v.reduce((sum, x) => sum + x, 0) / v.length);
    const error = values.map((v, t) =>
      Math.sqrt(v.reduce((sum, x) => sum + (x - mean[t]) ** 2, 0) / (v.length - 1) / v.length),
    );
    return { mean, error, values };
  };
}

/** Generations at which a curve is further than `errors` standard errors from theory, in words. */
export const misses = (curve: Curve, theory: ArrayLike<number>, errors: number): string[] =>
  curve.mean.flatMap((mean, t) =>
    Math.abs(mean - theory[t]) <= errors * curve.error[t] + 1e-12
      ? []
      : `generation ${t}: ${mean.toFixed(5)} +- ${curve.error[t].toFixed(5)}, theory ${theory[t].toFixed(5)}`,
  );

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

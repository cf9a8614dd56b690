import { distances, type Table } from './table.js';

/** Distance of each row to its k-th nearest other row; the largest there is when there are fewer. */
function radii(features: Table, k: number): Float64Array {
  const all = distances(features, features);
  const n = features.rows;
  return Float64Array.from({ length: n }, (_, i) => {
    const others = all.slice(i * n, (i + 1) * n).filter((_, j) => j !== i);
    others.sort();
    return others[Math.min(k, others.length) - 1] ?? 0;
  });
}

/**
 * Improved precision and recall (Kynkaanniemi et al., NeurIPS 2019): the share of samples that lie within the k-th neighbour's distance of
 * some real point, and the share of real points that lie within that distance of some sample. k = 3 as there.
 */
export function precisionRecall(real: Table, samples: Table, k = 3): { precision: number; recall: number } {
  const realRadii = radii(real, k);
  const sampleRadii = radii(samples, k);
  const between = distances(real, samples);
  let precise = 0;
  for (let j = 0; j < samples.rows; j++)
    for (let i = 0; i < real.rows; i++)
      if (between[i * samples.rows + j] < realRadii[i]) {
        precise++;
        break;
      }
  let recalled = 0;
  for (let i = 0; i < real.rows; i++)
    for (let j = 0; j < samples.rows; j++)
      if (between[i * samples.rows + j] < sampleRadii[j]) {
        recalled++;
        break;
      }
  return { precision: precise / samples.rows, recall: recalled / real.rows };
}

/**
 * Coverage (Naeem et al., ICML 2020): the share of real points that have a sample within the distance of their own k-th real neighbour.
 * Its balls are those of real points: unlike the balls of recall they do not grow when samples scatter. k = 5 as there.
 */
export function coverage(real: Table, samples: Table, k = 5): number {
  const reach = radii(real, k);
  const between = distances(real, samples);
  let covered = 0;
  for (let i = 0; i < real.rows; i++) {
    const row = between.subarray(i * samples.rows, (i + 1) * samples.rows);
    if (row.some((distance) => distance < reach[i])) covered++;
  }
  return covered / real.rows;
}

/** Distance from each sample to the nearest row of `training`. */
export function nearestDistances(samples: Table, training: Table): Float64Array {
  const { columns } = samples;
  return Float64Array.from({ length: samples.rows }, (_, i) => {
    let nearest = Number.POSITIVE_INFINITY;
    for (let j = 0; j < training.rows; j++) {
      let sum = 0;
      // A row that is farther already need not be summed to its end.
      for (let k = 0; k < columns && sum < nearest; k++)
        sum += (samples.data[i * columns + k] - training.data[j * columns + k]) ** 2;
      nearest = Math.min(nearest, sum);
    }
    return Math.sqrt(nearest);
  });
}

/** Mean distance from each sample to the nearest row of `training`: small values mean memorised training motions. */
export function nearestDistance(samples: Table, training: Table): number {
  return nearestDistances(samples, training).reduce((sum, value) => sum + value, 0) / samples.rows;
}

/** Mean distance over all pairs of rows (T2M's diversity, Guo et al. 2022, over all pairs instead of a random draw of them). */
export function diversity(features: Table): number {
  const all = distances(features, features);
  const n = features.rows;
  return n > 1 ? all.reduce((sum, value) => sum + value, 0) / (n * (n - 1)) : 0;
}

/**
 * Mean over labels with two samples or more of the mean distance between samples of that label. In a learned embedding it is the
 * multimodality of Guo et al. (Action2Motion, MM 2020; CVPR 2022) over all pairs, instead of the mean over repeated draws of them.
 */
export function withinDiversity(features: Table, labels: ArrayLike<number>): number {
  const all = distances(features, features);
  const groups = new Map<number, number[]>();
  for (let i = 0; i < features.rows; i++) groups.set(labels[i], [...(groups.get(labels[i]) ?? []), i]);
  const means = [...groups.values()]
    .filter((group) => group.length > 1)
    .map((group) => {
      let sum = 0;
      for (const i of group) for (const j of group) sum += all[i * features.rows + j];
      return sum / (group.length * (group.length - 1));
    });
  return means.length > 0 ? means.reduce((sum, value) => sum + value, 0) / means.length : 0;
}

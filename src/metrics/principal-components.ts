import { symmetricEigen } from './symmetric-eigen.js';
import { columnMeans, covariance, newTable, type Table } from './table.js';

/** Standardised features are clipped here, so that one absurd motion does not decide a distance. */
const CLIP = 10;

/** Standardises features by the real data they were fitted on: (x - mean) / (deviation + 0.001), clipped to +-10. */
export class Standardiser {
  private constructor(
    readonly mean: Float64Array,
    readonly deviation: Float64Array,
  ) {}

  static fit(real: Table): Standardiser {
    const mean = columnMeans(real);
    const deviation = new Float64Array(real.columns);
    for (let i = 0; i < real.data.length; i++)
      deviation[i % real.columns] += (real.data[i] - mean[i % real.columns]) ** 2 / real.rows;
    return new Standardiser(
      mean,
      deviation.map((variance) => Math.sqrt(variance) + 1e-3),
    );
  }

  apply(features: Table): Table {
    const out = newTable(features.rows, features.columns);
    for (let i = 0; i < out.data.length; i++) {
      const j = i % features.columns;
      const value = (features.data[i] - this.mean[j]) / this.deviation[j];
      out.data[i] = Math.min(CLIP, Math.max(-CLIP, value));
    }
    return out;
  }
}

/**
 * The leading principal components of standardised real features, all divided by one number so that a component has variance 1 on
 * average over the real data: distances in this space are in units of the real spread.
 */
export class PrincipalComponents {
  private constructor(
    /** Row-major [components, columns], already scaled. */
    private readonly axes: Float64Array,
    readonly components: number,
    private readonly columns: number,
    /** Share of the variance that the kept components hold. */
    readonly energy: number,
  ) {}

  static fit(standardised: Table, components: number): PrincipalComponents {
    const { columns, rows } = standardised;
    const kept = Math.min(components, columns, Math.max(1, rows - 1));
    const { values, vectors } = symmetricEigen(covariance(standardised), columns);
    const sum = (list: Float64Array): number => list.reduce((total, value) => total + Math.max(0, value), 0);
    const held = sum(values.subarray(0, kept));
    const scale = 1 / Math.sqrt(Math.max(1e-12, held / kept));
    const axes = vectors.slice(0, kept * columns).map((value) => value * scale);
    return new PrincipalComponents(axes, kept, columns, held / Math.max(1e-12, sum(values)));
  }

  apply(standardised: Table): Table {
    const out = newTable(standardised.rows, this.components);
    for (let i = 0; i < standardised.rows; i++)
      for (let k = 0; k < this.components; k++) {
        let sum = 0;
        for (let j = 0; j < this.columns; j++)
          sum += this.axes[k * this.columns + j] * standardised.data[i * this.columns + j];
        out.data[i * this.components + k] = sum;
      }
    return out;
  }
}

import type { Table } from './table.js';

/** Weight of the squared norm of the weights per sample: keeps the fit finite where classes separate. */
const RIDGE = 0.01;
const ITERATIONS = 100;
/** Fitting stops when a step lowers the loss by less than this part of it. */
const ENOUGH = 1e-3;

/**
 * Multinomial logistic regression on standardised features: the judge of whether a sample is of the action it was asked for.
 * Fitted by the fixed-Hessian Newton method (Boehning, "Multinomial logistic regression algorithm", Ann. Inst. Stat. Math. 1992):
 * X^T X / 2 bounds the Hessian, so every step with its inverse lowers the loss; nothing random is in it.
 */
export class ActionClassifier {
  private constructor(
    /** Row-major [classes, columns + 1]; the last column is the bias. */
    private readonly weights: Float64Array,
    private readonly columns: number,
    private readonly classes: number,
    /** Mean negative log likelihood on the training data after each step. */
    readonly losses: readonly number[],
  ) {}

  /** @param labels class of each row, 0 to classes - 1 */
  static fit(features: Table, labels: ArrayLike<number>, classes: number): ActionClassifier {
    const { rows, columns } = features;
    const d = columns + 1;
    const x = withBias(features);
    const factor = choleskyOfBound(x, rows, d);
    const weights = new Float64Array(d * classes);
    const gradient = new Float64Array(d * classes);
    const losses: number[] = [];
    for (let iteration = 0; iteration < ITERATIONS; iteration++) {
      const probabilities = softmax(multiply(x, weights, rows, d, classes), classes);
      let loss = 0;
      gradient.fill(0);
      for (let i = 0; i < rows; i++) {
        loss -= Math.log(Math.max(1e-300, probabilities[i * classes + labels[i]])) / rows;
        probabilities[i * classes + labels[i]] -= 1;
        const row = x.subarray(i * d, (i + 1) * d);
        for (let c = 0; c < classes; c++) {
          const error = probabilities[i * classes + c];
          const at = c * d;
          for (let j = 0; j < d; j++) gradient[at + j] += error * row[j];
        }
      }
      for (let k = 0; k < weights.length; k++)
        if (k % d !== columns) gradient[k] += RIDGE * rows * weights[k];
      for (let c = 0; c < classes; c++) solve(factor, gradient.subarray(c * d, (c + 1) * d));
      for (let k = 0; k < weights.length; k++) weights[k] -= gradient[k];
      losses.push(loss);
      if (iteration > 0 && losses[iteration - 1] - loss < ENOUGH * loss) break;
    }
    return new ActionClassifier(weights, columns, classes, losses);
  }

  /** The most probable class of each row. */
  predict(features: Table): Int32Array {
    const scores = multiply(withBias(features), this.weights, features.rows, this.columns + 1, this.classes);
    return Int32Array.from({ length: features.rows }, (_, i) => {
      let best = 0;
      for (let c = 1; c < this.classes; c++)
        if (scores[i * this.classes + c] > scores[i * this.classes + best]) best = c;
      return best;
    });
  }

  /** Share of rows whose predicted class is their label. */
  accuracy(features: Table, labels: ArrayLike<number>): number {
    const predicted = this.predict(features);
    return predicted.filter((label, i) => label === labels[i]).length / predicted.length;
  }
}

function withBias({ rows, columns, data }: Table): Float64Array {
  const out = new Float64Array(rows * (columns + 1)).fill(1);
  for (let i = 0; i < rows; i++) out.set(data.subarray(i * columns, (i + 1) * columns), i * (columns + 1));
  return out;
}

/** Scores [rows, classes] of rows x [rows, d] by weights [classes, d]. */
function multiply(x: Float64Array, w: Float64Array, rows: number, d: number, classes: number): Float64Array {
  const out = new Float64Array(rows * classes);
  for (let i = 0; i < rows; i++) {
    const row = x.subarray(i * d, (i + 1) * d);
    for (let c = 0; c < classes; c++) {
      const at = c * d;
      let sum = 0;
      for (let j = 0; j < d; j++) sum += row[j] * w[at + j];
      out[i * classes + c] = sum;
    }
  }
  return out;
}

/** Probabilities of scores [rows, classes], in place. */
function softmax(scores: Float64Array, classes: number): Float64Array {
  for (let at = 0; at < scores.length; at += classes) {
    const row = scores.subarray(at, at + classes);
    const top = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    let sum = 0;
    for (let c = 0; c < classes; c++) {
      row[c] = Math.exp(row[c] - top);
      sum += row[c];
    }
    for (let c = 0; c < classes; c++) row[c] /= sum;
  }
  return scores;
}

/** Lower Cholesky factor of X^T X / 2 + RIDGE rows I (a trace of it on the bias too, so that it is positive definite). */
function choleskyOfBound(x: Float64Array, rows: number, d: number): Float64Array {
  const a = new Float64Array(d * d);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < d; j++) {
      const value = x[i * d + j] / 2;
      for (let k = 0; k <= j; k++) a[j * d + k] += value * x[i * d + k];
    }
  for (let j = 0; j < d; j++) a[j * d + j] += RIDGE * rows;
  for (let j = 0; j < d; j++)
    for (let k = 0; k <= j; k++) {
      let sum = a[j * d + k];
      for (let m = 0; m < k; m++) sum -= a[j * d + m] * a[k * d + m];
      a[j * d + k] = j === k ? Math.sqrt(sum) : sum / a[k * d + k];
    }
  return a;
}

/** Solves L L^T y = b in place. */
function solve(factor: Float64Array, b: Float64Array): void {
  const d = b.length;
  for (let j = 0; j < d; j++) {
    let sum = b[j];
    for (let k = 0; k < j; k++) sum -= factor[j * d + k] * b[k];
    b[j] = sum / factor[j * d + j];
  }
  for (let j = d - 1; j >= 0; j--) {
    let sum = b[j];
    for (let k = j + 1; k < d; k++) sum -= factor[k * d + j] * b[k];
    b[j] = sum / factor[j * d + j];
  }
}

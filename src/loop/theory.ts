/**
 * What is known of self-consuming loops in closed form: pure functions, checked against the loop itself by the tests.
 *
 * Symbols: lambda, synthetic samples per real one; gamma >= 0, correction strength; alpha > 0, L >= 0 and epsilon >= 0, the constants
 * of the model (below); N, samples of one generation; t, fits after the real data were drawn (the first fit, to the real samples, is t = 1
 * where a docstring says "fits").
 */
import { digamma, logGamma } from './gamma-function.js';

/** The golden-ratio weight of real samples in the loss (He et al. 2025, arXiv 2502.18049). */
export { goldenWeight } from './regime.js';

/**
 * Constants of a model family around its optimum theta*.
 * - `alpha` > 0: the data's curvature, `E_data[Hessian_theta log p_theta*] <= -alpha I`;
 * - `L` >= 0: Lipschitz constant in x of `x -> Hessian_theta log p_theta(x)`;
 * - `epsilon` >= 0: Wasserstein distance between the best model p_theta* and the data (0 where the family holds the data).
 *
 * Bertrand et al. (arXiv 2310.00429), assumptions 1 to 3; Gillman et al. (arXiv 2402.07087), the same.
 */
export interface ModelConstants {
  alpha: number;
  L: number;
  epsilon: number;
}

/** The family holds the data: only lambda and gamma count. */
export const EXACT_MODEL: Readonly<ModelConstants> = Object.freeze({ alpha: 1, L: 0, epsilon: 0 });

function check(ok: boolean, what: string, name: string, value: unknown): void {
  if (!ok) throw new RangeError(`Expected ${what} for ${name} but received ${String(value)}`);
}
const checkModel = ({ alpha, L, epsilon }: ModelConstants): void => {
  check(Number.isFinite(alpha) && alpha > 0, 'a finite number > 0', 'alpha', alpha);
  check(Number.isFinite(L) && L >= 0, 'a finite number >= 0', 'L', L);
  check(Number.isFinite(epsilon) && epsilon >= 0, 'a finite number >= 0', 'epsilon', epsilon);
};
const checkLambda = (lambda: number): void =>
  check(Number.isFinite(lambda) && lambda >= 0, 'a finite number >= 0', 'lambda', lambda);
const checkGamma = (gamma: number): void => check(gamma >= 0, 'a number >= 0 or Infinity', 'gamma', gamma);
const checkCount = (count: number, least: number, name: string): void =>
  check(Number.isInteger(count) && count >= least, `an integer >= ${least}`, name, count);

/**
 * `rho(lambda) = lambda (alpha + epsilon L) / (alpha - lambda (alpha + epsilon L))`, the contraction factor of one generation without
 * correction; Infinity from the pole on, where the theorem says nothing. Bertrand et al. 2023, theorem 1; Gillman et al. 2024, theorem 4.3.
 */
export function rho(lambda: number, model: ModelConstants = EXACT_MODEL): number {
  checkLambda(lambda);
  checkModel(model);
  const pull = lambda * (model.alpha + model.epsilon * model.L);
  return pull < model.alpha ? pull / (model.alpha - pull) : Number.POSITIVE_INFINITY;
}

/** `rho(lambda) / (1 + gamma)`: the bound on the contraction per generation with correction of strength gamma (Gillman et al. 2024). */
export function contractionRate(lambda: number, gamma: number, model: ModelConstants = EXACT_MODEL): number {
  checkGamma(gamma);
  const factor = rho(lambda, model);
  if (gamma === Number.POSITIVE_INFINITY) return Number.isFinite(factor) ? 0 : Number.POSITIVE_INFINITY;
  return factor / (1 + gamma);
}

/**
 * The largest value `lambda (1 + epsilon L / alpha)` may approach: `(1 + gamma) / (2 + gamma)`. 1/2 without correction (Bertrand et al. 2023),
 * 2/3 at gamma = 1, 3/4 at 2, 6/7 at 5, 1 at Infinity (Gillman et al. 2024).
 */
export function stabilityLimit(gamma: number): number {
  checkGamma(gamma);
  return gamma === Number.POSITIVE_INFINITY ? 1 : (1 + gamma) / (2 + gamma);
}

/** The lambda below which the loop is stable by the theorem: {@link stabilityLimit} / (1 + epsilon L / alpha). */
export function maximalLambda(gamma: number, model: ModelConstants = EXACT_MODEL): number {
  checkModel(model);
  return stabilityLimit(gamma) / (1 + (model.epsilon * model.L) / model.alpha);
}

/** True when `lambda (1 + epsilon L / alpha) < (1 + gamma) / (2 + gamma)`. False means the theorem gives no promise, not that the loop diverges. */
export function isStable(lambda: number, gamma: number, model: ModelConstants = EXACT_MODEL): boolean {
  checkLambda(lambda);
  return lambda < maximalLambda(gamma, model);
}

/**
 * The bound on `|theta_t - theta*|` for t = 0..generations: `tau sum_{i=0..t} r^i + r^t distance` with r = {@link contractionRate}
 * (Gillman et al. 2024, theorem 4.3; holds with probability (1 - delta)^t).
 * @param tau error of one fit from finitely many samples, >= 0; see {@link fitError}
 * @param distance `|theta_0 - theta*|`, >= 0
 */
export function boundCurve(
  lambda: number,
  gamma: number,
  options: { generations: number; distance: number; tau?: number; model?: ModelConstants },
): Float64Array {
  const { generations, distance, tau = 0, model = EXACT_MODEL } = options;
  checkCount(generations, 0, 'generations');
  check(distance >= 0, 'a number >= 0', 'distance', distance);
  check(tau >= 0, 'a number >= 0', 'tau', tau);
  const rate = contractionRate(lambda, gamma, model);
  const curve = new Float64Array(generations + 1);
  let power = 1;
  let sum = 1;
  for (let t = 0; t <= generations; t++) {
    curve[t] = (tau === 0 ? 0 : tau * sum) + (distance === 0 ? 0 : power * distance);
    power *= rate;
    sum += power;
  }
  return curve;
}

/** `tau(n) = epsilonOpt + a / sqrt(n) sqrt(log(b / delta))`, the error of a fit to n samples with probability 1 - delta (assumption 3). */
export function fitError(
  n: number,
  constants: { a: number; b: number; delta: number; epsilonOpt?: number },
): number {
  const { a, b, delta, epsilonOpt = 0 } = constants;
  checkCount(n, 1, 'n');
  check(delta > 0 && delta < 1, 'a number in (0, 1)', 'delta', delta);
  check(b >= delta, 'a number >= delta', 'b', b);
  return epsilonOpt + (a / Math.sqrt(n)) * Math.sqrt(Math.log(b / delta));
}

/**
 * `c4(n) = sqrt(2 / (n - 1)) Gamma(n / 2) / Gamma((n - 1) / 2)`: the mean of an unbiased-variance sample deviation over the true one, so that
 * `E sigma_t = c4(n)^t sigma_0` when a normal is fitted to its own n samples alone (Bertrand et al. 2023, the Gaussian warm-up). n >= 2.
 */
export function c4(n: number): number {
  checkCount(n, 2, 'n');
  return Math.sqrt(2 / (n - 1)) * Math.exp(logGamma(n / 2) - logGamma((n - 1) / 2));
}

/**
 * Regime `replace`, maximum-likelihood Gaussian, N samples: the expected variance after `fits` fits is `(1 - 1/N)^fits` of the real one, in any
 * dimension (Shumailov et al., arXiv 2305.17493; Kazdan et al., arXiv 2410.16713). The same law holds for the expected heterozygosity
 * `1 - sum_k p_k^2` of a discrete distribution.
 */
export function replaceVariance(n: number, fits: number): number {
  checkCount(n, 1, 'n');
  checkCount(fits, 0, 'fits');
  return (1 - 1 / n) ** fits;
}

/**
 * The same where every draw has 1 + `dispersion` times the deviation of its model: (1 - 1/N)^fits (1 + dispersion)^(2 (fits - 1)), the first fit being
 * of real samples. A dispersion of (1 - 1/N)^(-1/2) - 1 keeps the variance in the mean; a larger one makes it grow without bound.
 */
export function dispersedReplaceVariance(n: number, dispersion: number, fits: number): number {
  checkCount(fits, 1, 'fits');
  return replaceVariance(n, fits) * (1 + dispersion) ** (2 * (fits - 1));
}

/**
 * Regime `accumulate`, N real and N synthetic samples a generation: the expected variance is `prod_{i=1..fits} (1 - 1 / (N i^2))` of the
 * real one, which ends at {@link accumulatePlateau}. With pool mean M and variance V, a batch of mean b and variance s makes
 * `(k + 1) V' = k V + s + k / (k + 1) (b - M)^2`, where `E s = V (1 - 1/N)` and `E (b - M)^2 = V / N`. What the variance loses the mean's
 * square gains. Also for `1 - sum p^2` of a discrete distribution.
 */
export function accumulateVariance(n: number, fits: number): number {
  checkCount(n, 1, 'n');
  checkCount(fits, 0, 'fits');
  let variance = 1;
  for (let i = 1; i <= fits; i++) variance *= 1 - 1 / (n * i * i);
  return variance;
}

/** The limit of {@link accumulateVariance}: Euler's product, `sin(pi / sqrt N) / (pi / sqrt N)`; .984 for N = 100. */
export function accumulatePlateau(n: number): number {
  checkCount(n, 1, 'n');
  const x = Math.PI / Math.sqrt(n);
  return Math.sin(x) / x;
}

/**
 * Regime `accumulate-subsample`: N of the pool's k N samples, drawn without replacement, are fitted. Expected variance of the fit after `fits`
 * fits. With V the variance of the pool: `E v = V (1 - 1/N) k N / (k N - 1)`, and the fit's mean scatters about the pool's by
 * `V (k - 1) / (k N - 1)`, both by the theory of simple random samples; the pool goes on as in {@link accumulateVariance}. N >= 2.
 */
export function subsampleVariance(n: number, fits: number): number {
  checkCount(n, 2, 'n');
  checkCount(fits, 0, 'fits');
  if (fits === 0) return 1;
  let pool = 1 - 1 / n;
  let fit = pool;
  for (let k = 1; k < fits; k++) {
    const scatter = (pool * (k - 1)) / (k * n - 1) + fit / n;
    pool = (k * pool + fit * (1 - 1 / n) + (k / (k + 1)) * scatter) / (k + 1);
    fit = (pool * (1 - 1 / n) * (k + 1) * n) / ((k + 1) * n - 1);
  }
  return fit;
}

/**
 * Variance of N(0, 1) data after `fits` fits to N samples each under `replace`, when a sample is replaced by one of the target with probability
 * `gamma / (1 + gamma)` (the exact pi_gamma): a mixture with p of the target has variance `(1 - p) v + p + p (1 - p) m^2`.
 */
export function correctedReplaceVariance(n: number, gamma: number, fits: number): number {
  checkCount(n, 1, 'n');
  checkGamma(gamma);
  checkCount(fits, 1, 'fits');
  const p = gamma === Number.POSITIVE_INFINITY ? 1 : gamma / (1 + gamma);
  let variance = 1 - 1 / n;
  let square = 1 / n;
  for (let t = 1; t < fits; t++) {
    const mixture = (1 - p) * variance + p + p * (1 - p) * square;
    variance = (1 - 1 / n) * mixture;
    square = (1 - p) ** 2 * square + mixture / n;
  }
  return variance;
}

/**
 * Kernel density with a fixed bandwidth h under `replace`: its mean variance a coordinate obeys `V' = (1 - 1/N) V + h^2` exactly, since a
 * draw is a point of the data plus h times a normal: the smoothing adds what the sampling loses, and V goes to N h^2.
 * @param start V of the fit to start from
 */
export function kernelVariance(n: number, bandwidth: number, start: number, generations: number): number {
  checkCount(n, 1, 'n');
  check(bandwidth >= 0, 'a number >= 0', 'bandwidth', bandwidth);
  checkCount(generations, 0, 'generations');
  const limit = n * bandwidth * bandwidth;
  return limit + (1 - 1 / n) ** generations * (start - limit);
}

/**
 * Median deviation of a normal after `generations` fits to M of its own samples (biased deviation): its logarithm walks with the drift
 * `(digamma((M - 1) / 2) + log(2 / M)) / 2`, so the median is near `exp` of that times the generations, which is `exp(-G / M)` for large M
 * (Shumailov et al. 2023). M >= 2.
 */
export function medianDeviation(m: number, generations: number): number {
  checkCount(m, 2, 'M');
  checkCount(generations, 0, 'generations');
  return Math.exp((generations / 2) * (digamma((m - 1) / 2) + Math.log(2 / m)));
}

/** Expected variance and risk of the nth generation with M samples each, unbiased fits: `sigma^2 (1 + n / M)` for what is drawn from it, seen from the start (Shumailov et al. 2023). */
export function spreadOfDraws(m: number, generations: number): number {
  checkCount(m, 1, 'M');
  checkCount(generations, 0, 'generations');
  return 1 + generations / m;
}

/** What linear regression on its own labels is asked: d features, T rows, noise deviation sigma; T > d + 1. */
export interface RegressionSize {
  d: number;
  rows: number;
  sigma: number;
}

/** `sigma^2 d / (T - d - 1)`: expected test error of least squares with T rows from N(0, I_d), noiseless targets. */
export function regressionError({ d, rows, sigma }: RegressionSize): number {
  checkCount(d, 1, 'd');
  checkCount(rows, d + 2, 'rows');
  check(sigma >= 0, 'a number >= 0', 'sigma', sigma);
  return (sigma * sigma * d) / (rows - d - 1);
}

/** Test error of the nth fit under `replace`: {@link regressionError} times n; it grows without end (Gerstgrasser et al., arXiv 2404.01413, theorem 1). */
export function regressionReplace(size: RegressionSize, fits: number): number {
  checkCount(fits, 0, 'fits');
  return regressionError(size) * fits;
}

/** Test error of the nth fit under `accumulate`: {@link regressionError} times `sum_{i<=n} 1/i^2` <= pi^2/6 (the same, theorem 2). */
export function regressionAccumulate(size: RegressionSize, fits: number): number {
  checkCount(fits, 0, 'fits');
  let sum = 0;
  for (let i = fits; i >= 1; i--) sum += 1 / (i * i);
  return regressionError(size) * sum;
}

/** The noise schedule of the diffusion process and the steps of its samplers. */

const OFFSET = 0.008;
const LARGEST_BETA = 0.999;

/**
 * Cosine schedule (Nichol & Dhariwal 2021, equation 17): the share ᾱ_t of the signal's variance that is left after step
 * t = 0 .. steps-1, so that `x_t = √ᾱ_t x_0 + √(1-ᾱ_t) ε`.
 */
export function cosineSchedule(steps: number): Float64Array {
  const f = (t: number) => Math.cos(((t / steps + OFFSET) / (1 + OFFSET)) * (Math.PI / 2)) ** 2;
  const alphaBar = new Float64Array(steps);
  let product = 1;
  for (let t = 0; t < steps; t++) {
    product *= 1 - Math.min(1 - f(t + 1) / f(t), LARGEST_BETA);
    alphaBar[t] = product;
  }
  return alphaBar;
}

/**
 * One step of a sampler: `x ← signal x̂_0 + rest x + sigma z`, where x̂_0 is what the model makes of x at `timestep` and z is
 * fresh noise.
 */
export interface SamplerStep {
  timestep: number;
  signal: number;
  rest: number;
  sigma: number;
}

/**
 * Steps of DDIM (Song et al. 2021, equations 12 and 16) through `count` of the schedule's timesteps, evenly spaced from the
 * last to the first: `x' = √ᾱ' x̂_0 + √(1-ᾱ'-σ²) (x - √ᾱ x̂_0) / √(1-ᾱ) + σ z`, `σ = η √((1-ᾱ')/(1-ᾱ)) √(1-ᾱ/ᾱ')`; the
 * last step gives x̂_0 itself.
 * @param eta 0 is DDIM; 1 over all timesteps is DDPM with the posterior's variance (Ho et al. 2020, equation 7)
 */
export function samplerSteps(alphaBar: Float64Array, count: number, eta = 0): SamplerStep[] {
  const last = alphaBar.length - 1;
  const timesteps = Array.from({ length: count }, (_, i) =>
    count === 1 ? last : Math.round((last * (count - 1 - i)) / (count - 1)),
  );
  return timesteps.map((timestep, i) => {
    const now = alphaBar[timestep];
    const next = i + 1 < count ? alphaBar[timesteps[i + 1]] : 1;
    const sigma = eta * Math.sqrt(((1 - next) / (1 - now)) * (1 - now / next));
    const rest = Math.sqrt(Math.max(0, 1 - next - sigma ** 2) / (1 - now));
    return { timestep, signal: Math.sqrt(next) - rest * Math.sqrt(now), rest, sigma };
  });
}

/** The noise schedule of the diffusion process and the steps of its deterministic sampler. */

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

/** One step of the sampler: `x ← signal x̂_0 + rest x`, where x̂_0 is what the model makes of x at `timestep`. */
export interface SamplerStep {
  timestep: number;
  signal: number;
  rest: number;
}

/**
 * DDIM with η = 0 (Song et al. 2021, equation 12) over `count` of the schedule's steps, evenly spaced from the last:
 * `x' = √ᾱ' x̂_0 + √(1-ᾱ') (x - √ᾱ x̂_0) / √(1-ᾱ)`; the last step gives x̂_0 itself.
 */
export function ddimSteps(alphaBar: Float64Array, count: number): SamplerStep[] {
  const timesteps = Array.from(
    { length: count },
    (_, i) => Math.round((alphaBar.length * (count - i)) / count) - 1,
  );
  return timesteps.map((timestep, i) => {
    const now = alphaBar[timestep];
    const next = i + 1 < count ? alphaBar[timesteps[i + 1]] : 1;
    const rest = Math.sqrt((1 - next) / (1 - now));
    return { timestep, signal: Math.sqrt(next) - rest * Math.sqrt(now), rest };
  });
}

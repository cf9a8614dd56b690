import type { Random } from '../../random/random.js';

export const DEGREE = Math.PI / 180;
export const clamp = (x: number, low: number, high: number): number => Math.min(high, Math.max(low, x));
export const mix = (a: number, b: number, weight: number): number => a + (b - a) * weight;

/**
 * Minimum-jerk progress from 0 to 1: 10 s^3 - 15 s^4 + 6 s^5 (Flash & Hogan, "The coordination of arm movements",
 * J. Neurosci. 5, 1985). Velocity and acceleration are 0 at both ends; outside [0, 1] it stays at its ends.
 */
export function minimumJerk(s: number): number {
  if (s <= 0) return 0;
  if (s >= 1) return 1;
  return s * s * s * (10 + s * (6 * s - 15));
}

/** 0 before `start`, up to 1 within `rise`, 1 until `end - fall`, down to 0 at `end`: minimum jerk both ways. */
export function pulse(t: number, start: number, end: number, rise: number, fall = rise): number {
  return minimumJerk((t - start) / rise) * (1 - minimumJerk((t - end + fall) / fall));
}

/**
 * Progress from 0 to 1 with a smooth start over the share `rise`, constant speed, and a smooth stop over the share `fall`:
 * the integral of a trapezoid whose flanks are 3 u^2 - 2 u^3.
 */
export function cruise(s: number, rise: number, fall: number): number {
  if (s <= 0) return 0;
  if (s >= 1) return 1;
  const flank = (u: number) => u * u * u * (1 - u / 2);
  let area: number;
  if (s < rise) area = rise * flank(s / rise);
  else if (s <= 1 - fall) area = rise / 2 + (s - rise);
  else area = 1 - (rise + fall) / 2 - fall * flank((1 - s) / fall);
  return area / (1 - (rise + fall) / 2);
}

/** Quintic through value, velocity and acceleration at both ends of [0, duration]. */
export function quintic(
  t: number,
  duration: number,
  from: readonly [number, number, number],
  to: readonly [number, number, number],
): number {
  const s = clamp(t / duration, 0, 1);
  const v0 = from[1] * duration;
  const v1 = to[1] * duration;
  const a0 = (from[2] * duration ** 2) / 2;
  const a1 = (to[2] * duration ** 2) / 2;
  const rest = to[0] - from[0] - v0 - a0;
  const slope = v1 - v0 - 2 * a0;
  const bend = a1 - a0;
  const c3 = 10 * rest - 4 * slope + bend;
  const c4 = -15 * rest + 7 * slope - 2 * bend;
  const c5 = 6 * rest - 3 * slope + bend;
  return from[0] + s * (v0 + s * (a0 + s * (c3 + s * (c4 + s * c5))));
}

/** A function of time. */
export type Curve = (t: number) => number;

/** Stops at every key: minimum jerk from one (time, value) to the next, constant outside. */
export function stops(keys: readonly (readonly [time: number, value: number])[]): Curve {
  return (t) => {
    if (t <= keys[0][0]) return keys[0][1];
    for (let i = 1; i < keys.length; i++)
      if (t < keys[i][0])
        return mix(
          keys[i - 1][1],
          keys[i][1],
          minimumJerk((t - keys[i - 1][0]) / (keys[i][0] - keys[i - 1][0])),
        );
    return keys[keys.length - 1][1];
  };
}

/**
 * Passes through (time, value) keys without overshoot: monotone cubic Hermite interpolation (Fritsch & Carlson, SIAM J.
 * Numer. Anal. 17, 1980; harmonic-mean slopes), constant outside, slope 0 at the ends.
 */
export function passes(keys: readonly (readonly [time: number, value: number])[]): Curve {
  const n = keys.length;
  const slopes = new Float64Array(n);
  const secant = (i: number) => (keys[i + 1][1] - keys[i][1]) / (keys[i + 1][0] - keys[i][0]);
  for (let i = 1; i < n - 1; i++) {
    const before = secant(i - 1);
    const after = secant(i);
    if (before * after > 0) {
      const left = keys[i][0] - keys[i - 1][0];
      const right = keys[i + 1][0] - keys[i][0];
      const w1 = 2 * right + left;
      const w2 = right + 2 * left;
      slopes[i] = (w1 + w2) / (w1 / before + w2 / after);
    }
  }
  return (t) => {
    if (t <= keys[0][0]) return keys[0][1];
    let i = 1;
    while (i < n && t >= keys[i][0]) i++;
    if (i === n) return keys[n - 1][1];
    const width = keys[i][0] - keys[i - 1][0];
    const s = (t - keys[i - 1][0]) / width;
    const r = 1 - s;
    return (
      keys[i - 1][1] * (1 + 2 * s) * r * r +
      slopes[i - 1] * width * s * r * r +
      keys[i][1] * s * s * (3 - 2 * s) -
      slopes[i] * width * s * s * r
    );
  };
}

/**
 * Slow wander around 0 with a standard deviation of 1: a sum of sines of random phase whose frequencies (Hz) are spread
 * evenly in their logarithm and whose amplitudes fall with frequency, as those of standing sway do.
 */
export function drift(random: Random, low = 0.12, high = 1.2, count = 5): Curve {
  const waves = Array.from({ length: count }, (_, i) => {
    const frequency = low * (high / low) ** ((i + random.uniform()) / count);
    return {
      omega: 2 * Math.PI * frequency,
      phase: random.uniform(0, 2 * Math.PI),
      size: 1 / frequency ** 0.7,
    };
  });
  const scale = Math.SQRT2 / Math.hypot(...waves.map(({ size }) => size));
  return (t) => {
    let sum = 0;
    for (const { omega, phase, size } of waves) sum += size * Math.sin(omega * t + phase);
    return sum * scale;
  };
}

/** Passes through (time, value) keys with continuous acceleration: cubic spline with slope 0 at both ends. */
export function spline(keys: readonly (readonly [time: number, value: number])[]): Curve {
  const n = keys.length;
  const width = (i: number) => keys[i + 1][0] - keys[i][0];
  const secant = (i: number) => (keys[i + 1][1] - keys[i][1]) / width(i);
  // Tridiagonal system of the slopes at the inner keys (Thomas algorithm).
  const slopes = new Float64Array(n);
  const upper = new Float64Array(n);
  for (let i = 1; i < n - 1; i++) {
    const left = width(i - 1);
    const right = width(i);
    const pivot = 2 * (left + right) - right * upper[i - 1];
    upper[i] = left / pivot;
    slopes[i] = (3 * (right * secant(i - 1) + left * secant(i)) - right * slopes[i - 1]) / pivot;
  }
  for (let i = n - 3; i >= 1; i--) slopes[i] -= upper[i] * slopes[i + 1];
  return (t) => {
    if (t <= keys[0][0]) return keys[0][1];
    let i = 1;
    while (i < n && t >= keys[i][0]) i++;
    if (i === n) return keys[n - 1][1];
    const w = width(i - 1);
    const s = (t - keys[i - 1][0]) / w;
    const r = 1 - s;
    return (
      keys[i - 1][1] * (1 + 2 * s) * r * r +
      slopes[i - 1] * w * s * r * r +
      keys[i][1] * s * s * (3 - 2 * s) -
      slopes[i] * w * s * s * r
    );
  };
}

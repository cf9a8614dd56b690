import { mix } from './curves.js';
import type { FootTrack } from './feet.js';
import { MARGIN, type Path } from './path.js';

const STEP = 0.02;

/** Longest time over which the weight passes from one foot to the other, s. */
const SHIFT = 0.4;

/** Natural frequency of a body whose centre of mass is 0.95 m over the floor, 1/s. */
const OMEGA = Math.sqrt(9.81 / 0.95);

/**
 * Way of the centre of mass over the floor that the planned steps can bear. With the mass at constant height the centre of
 * pressure p and the centre of mass c obey c'' = w^2 (c - p) (linear inverted pendulum: Kajita et al., ICRA 2003); its one
 * bounded solution is c(t) = w/2 integral of exp(-w |t - s|) p(s) ds, which looks ahead as people do: the weight moves over
 * the standing foot before the other one leaves the floor. p goes from foot to foot while both are planted.
 * @returns x and z at any time within the margins of the path.
 */
export function planBalance(
  path: Path,
  feet: readonly [FootTrack, FootTrack],
  seconds: number,
  /** Share of the weight on the left foot while both could bear it, by time. */
  leftLoad: (t: number) => number,
): (t: number) => [number, number] {
  const count = Math.ceil((seconds + 2 * MARGIN) / STEP) + 1;
  const pressure = [new Float64Array(count), new Float64Array(count)];
  for (let i = 0; i < count; i++) {
    const t = i * STEP - MARGIN;
    const [x, z] = pressureCentre(path, feet, t, leftLoad(t));
    pressure[0][i] = x;
    pressure[1][i] = z;
  }
  const keep = Math.exp(-OMEGA * STEP);
  const [x, z] = pressure.map((p) => {
    const ahead = Float64Array.from(p);
    const behind = Float64Array.from(p);
    for (let i = 1; i < count; i++) behind[i] = mix(p[i], behind[i - 1], keep);
    for (let i = count - 2; i >= 0; i--) ahead[i] = mix(p[i], ahead[i + 1], keep);
    return ahead.map((value, i) => (value + behind[i]) / 2);
  });
  return (t) => {
    const position = Math.min(count - 1.001, Math.max(0, (t + MARGIN) / STEP));
    const i = Math.floor(position);
    return [mix(x[i], x[i + 1], position - i), mix(z[i], z[i + 1], position - i)];
  };
}

function pressureCentre(
  path: Path,
  feet: readonly [FootTrack, FootTrack],
  t: number,
  leftLoad: number,
): [number, number] {
  const times = feet.map((foot) => foot.stanceTimes(t));
  // Length of the double support at t bounds the time the weight has to pass over.
  const both =
    Math.min(times[0].liftOff, times[1].liftOff) - Math.max(times[0].touchDown, times[1].touchDown);
  const ramp = Math.max(0.02, Math.min(SHIFT, both));
  const left = feet[0].readiness(t, ramp) * leftLoad * 2;
  const right = feet[1].readiness(t, ramp) * (1 - leftLoad) * 2;
  if (left + right < 1e-6) {
    const { x, z } = path.at(t);
    return [x, z];
  }
  const share = right / (left + right);
  const [lx, lz] = feet[0].pressure(t);
  const [rx, rz] = feet[1].pressure(t);
  return [mix(lx, rx, share), mix(lz, rz, share)];
}

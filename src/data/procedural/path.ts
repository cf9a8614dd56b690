import { cruise, mix, pulse } from './curves.js';

/** Seconds between the entries of a tabulated path. */
const STEP = 0.02;

/** Seconds before the first and after the last frame for which a path is known, so that steps may reach across. */
export const MARGIN = 4;

export interface Place {
  x: number;
  z: number;
  /** Heading about +y, radians; 0 faces +z, positive turns left. */
  yaw: number;
}

interface Leg {
  start: number;
  end: number;
  rise: number;
  fall: number;
  forward: number;
  left: number;
}

interface Turn {
  start: number;
  end: number;
  angle: number;
  rise: number;
}

/** The commanded way over the floor: speeds and turns over time, integrated into places. Steps are laid along it. */
export class Path {
  private readonly legs: Leg[] = [];
  private readonly turns: Turn[] = [];
  private table: Float64Array | undefined;

  constructor(private readonly seconds: number) {}

  /** Moves at a speed (m/s, in the frame of the heading) from `start` to `end`, smoothly in and out. */
  move(leg: Leg): void {
    this.legs.push(leg);
  }

  /** Turns by an angle; `rise` is the share of the time spent speeding up and, again, slowing down. */
  turn(turn: Turn): void {
    this.turns.push(turn);
  }

  heading(t: number): number {
    let yaw = 0;
    for (const { start, end, angle, rise } of this.turns)
      yaw += angle * cruise((t - start) / (end - start), rise, rise);
    return yaw;
  }

  /** Commanded speed: forward and to the left, m/s. */
  speed(t: number): [forward: number, left: number] {
    let forward = 0;
    let left = 0;
    for (const leg of this.legs) {
      if (t <= leg.start || t >= leg.end) continue;
      const share = pulse(t, leg.start, leg.end, leg.rise, leg.fall);
      forward += leg.forward * share;
      left += leg.left * share;
    }
    return [forward, left];
  }

  at(t: number): Place {
    this.table ??= this.integrate();
    const last = this.table.length / 2 - 1;
    const position = Math.min(last, Math.max(0, (t + MARGIN) / STEP));
    const i = Math.min(last - 1, Math.floor(position));
    return {
      x: mix(this.table[2 * i], this.table[2 * i + 2], position - i),
      z: mix(this.table[2 * i + 1], this.table[2 * i + 3], position - i),
      yaw: this.heading(t),
    };
  }

  /** Midpoint rule. */
  private integrate(): Float64Array {
    const count = Math.ceil((this.seconds + 2 * MARGIN) / STEP) + 1;
    const table = new Float64Array(count * 2);
    for (let i = 1; i < count; i++) {
      const t = (i - 0.5) * STEP - MARGIN;
      const [forward, left] = this.speed(t);
      const yaw = this.heading(t);
      table[2 * i] = table[2 * i - 2] + (forward * Math.sin(yaw) + left * Math.cos(yaw)) * STEP;
      table[2 * i + 1] = table[2 * i - 1] + (forward * Math.cos(yaw) - left * Math.sin(yaw)) * STEP;
    }
    return table;
  }
}

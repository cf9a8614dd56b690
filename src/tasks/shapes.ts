import type { Random } from '../random/random.js';
import type { Points } from './sets.js';

/** A set of points in a few dimensions that people look at: how to draw one point. */
export interface Shape {
  dimensions: number;
  /** Writes one point; it takes the same count of random numbers each time. */
  point(random: Random, out: Points, at: number): void;
}

/** Centres of `blobs`, at the corners of an equilateral triangle of radius 4. */
const BLOBS = Array.from({ length: 3 }, (_, k) => [
  4 * Math.cos((2 * Math.PI * k) / 3),
  4 * Math.sin((2 * Math.PI * k) / 3),
]);
const NOISE = 0.05;

/**
 * Shapes of Kazdan et al. (arXiv 2410.16713), who take them from scikit-learn:
 * - `blobs`: three equal normals of deviation 1;
 * - `circles`: radii 1 and 0.5, noise 0.05;
 * - `moons`: two interleaved half circles of radius 1, noise 0.05;
 * - `swiss_roll`: three dimensions, (t cos t, 21 v, t sin t) with t from 1.5 pi to 4.5 pi, noise 0.05.
 */
export const SHAPES: Readonly<Record<'blobs' | 'circles' | 'moons' | 'swiss_roll', Shape>> = {
  blobs: {
    dimensions: 2,
    point(random, out, at) {
      const [x, y] = BLOBS[Math.floor(random.uniform(0, BLOBS.length))];
      out[at] = x + random.normal();
      out[at + 1] = y + random.normal();
    },
  },
  circles: {
    dimensions: 2,
    point(random, out, at) {
      const radius = random.uniform() < 0.5 ? 1 : 0.5;
      const angle = random.uniform(0, 2 * Math.PI);
      out[at] = radius * Math.cos(angle) + NOISE * random.normal();
      out[at + 1] = radius * Math.sin(angle) + NOISE * random.normal();
    },
  },
  moons: {
    dimensions: 2,
    point(random, out, at) {
      const upper = random.uniform() < 0.5;
      const angle = random.uniform(0, Math.PI);
      out[at] = (upper ? Math.cos(angle) : 1 - Math.cos(angle)) + NOISE * random.normal();
      out[at + 1] = (upper ? Math.sin(angle) : 0.5 - Math.sin(angle)) + NOISE * random.normal();
    },
  },
  swiss_roll: {
    dimensions: 3,
    point(random, out, at) {
      const t = 1.5 * Math.PI * (1 + 2 * random.uniform());
      const v = random.uniform();
      out[at] = t * Math.cos(t) + NOISE * random.normal();
      out[at + 1] = 21 * v + NOISE * random.normal();
      out[at + 2] = t * Math.sin(t) + NOISE * random.normal();
    },
  },
};
export type ShapeName = keyof typeof SHAPES;

/** `count` points of a shape. */
export function drawShape(name: ShapeName, count: number, random: Random): Points {
  const { dimensions, point } = SHAPES[name];
  const points = new Float64Array(count * dimensions);
  for (let i = 0; i < count; i++) point(random, points, i * dimensions);
  return points;
}

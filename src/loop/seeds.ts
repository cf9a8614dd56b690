import { Random } from '../random/random.js';

/** Seed of a generator's draw: a 32-bit number that depends on what the draw is for, not on the arm. */
export const drawSeed = (seed: number, purpose: string, generation: number, repeat = 0): number =>
  new Random(seed, purpose, generation, repeat).word();

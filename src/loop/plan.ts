import { ARMS, type ArmName } from './arms.js';
import type { LoopConfig } from './config.js';
import { generationDirectory } from './layout.js';

/** One piece of work: from the checkpoints of `needs` to its own. Units depend on nothing else. */
export interface Unit {
  /** Its directory relative to OUT, which is also its identity. */
  id: string;
  seed: number;
  /** null for generation 0. */
  arm: ArmName | null;
  generation: number;
  /** Directory of the generation this one goes on from; undefined for generation 0. */
  previous?: string;
  /** Directory of the generation whose correction this one's is matched to. */
  matched?: string;
}

/** All units in the order of metrics.jsonl: seed by seed, generation by generation, arm by arm. */
export function plan(config: Pick<LoopConfig, 'arms' | 'generations' | 'seeds'>): Unit[] {
  const units: Unit[] = [];
  for (const seed of config.seeds) {
    const initial = generationDirectory(seed, null, 0);
    units.push({ id: initial, seed, arm: null, generation: 0 });
    for (let generation = 1; generation <= config.generations; generation++)
      for (const arm of config.arms) {
        const { matches } = ARMS[arm];
        units.push({
          id: generationDirectory(seed, arm, generation),
          seed,
          arm,
          generation,
          previous: generation === 1 ? initial : generationDirectory(seed, arm, generation - 1),
          matched:
            matches && config.arms.includes(matches)
              ? generationDirectory(seed, matches, generation)
              : undefined,
        });
      }
  }
  return units;
}

/** What must be finished before a unit can start. */
export const needs = (unit: Unit): string[] =>
  [unit.previous, unit.matched].filter((id): id is string => id !== undefined);

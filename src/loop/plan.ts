import { ARMS, type ArmName, parseArm } from './arms.js';
import type { LoopConfig } from './config.js';
import { generationDirectory } from './layout.js';

/** One piece of work: from the checkpoints of `needs` to its own. Units depend on nothing else. */
export interface Unit {
  /** Its directory relative to OUT, which is also its identity. */
  id: string;
  seed: number;
  /** null for generation 0. */
  arm: ArmName | null;
  /** First and last generation it makes; the last is that of its checkpoint. */
  first: number;
  generation: number;
  /** Directory of the generation this one goes on from; undefined for generation 0. */
  previous?: string;
  /** Directory of the unit whose corrections this one's are matched to. */
  matched?: string;
}

/** All units in the order of metrics.jsonl: seed by seed, generation by generation, arm by arm. */
export function plan(config: Pick<LoopConfig, 'arms' | 'generations' | 'seeds' | 'checkpointEvery'>): Unit[] {
  const units: Unit[] = [];
  for (const seed of config.seeds) {
    const initial = generationDirectory(seed, null, 0);
    units.push({ id: initial, seed, arm: null, first: 0, generation: 0 });
    for (let first = 1; first <= config.generations; first += config.checkpointEvery) {
      const generation = Math.min(config.generations, first + config.checkpointEvery - 1);
      for (const arm of config.arms) {
        const twin = matchedArm(arm);
        units.push({
          id: generationDirectory(seed, arm, generation),
          seed,
          arm,
          first,
          generation,
          previous: first === 1 ? initial : generationDirectory(seed, arm, first - 1),
          matched:
            twin !== undefined && config.arms.includes(twin)
              ? generationDirectory(seed, twin, generation)
              : undefined,
        });
      }
    }
  }
  return units;
}

/** `placebo@gamma=1` is matched to `corrected@gamma=1`. */
export function matchedArm(name: ArmName): ArmName | undefined {
  const { kind } = parseArm(name);
  const { matches } = ARMS[kind];
  return matches && name.replace(kind, matches);
}

/** What must be finished before a unit can start. */
export const needs = (unit: Unit): string[] =>
  [unit.previous, unit.matched].filter((id): id is string => id !== undefined);

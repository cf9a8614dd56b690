import { createHash } from 'node:crypto';
import { type ClaimVerdict, judge } from './judge.js';
import type { CostRow, Row } from './layout.js';
import { changesOf, type Registration } from './registration.js';

/** verdicts.json: what came of everything a run was registered for. */
export interface Judgement {
  format: 1;
  protocol: string;
  question: string;
  /** False where results were there before the claims were. */
  beforeResults: boolean;
  /** Where the run differs from its protocol. */
  changes: string[];
  /** SHA-256 of the run's config.json. */
  configuration: string;
  /** Last generation of the configuration. */
  generations: number;
  claims: ClaimVerdict[];
}

/** Hash by which tables name a configuration. */
export const configurationHash = (configText: string): string =>
  createHash('sha256').update(configText).digest('hex');

/**
 * Judges a run by what it was registered for.
 * @param configText the run's config.json as it is on disk
 */
export function judgeRun(
  registration: Registration,
  configText: string,
  rows: readonly Row[],
  costs: readonly CostRow[],
): Judgement {
  const config = JSON.parse(configText) as {
    task?: { settings?: unknown };
    config?: { generations?: number };
  };
  const generations = config.config?.generations ?? 0;
  return {
    format: 1,
    protocol: registration.name,
    question: registration.preregistration.question,
    beforeResults: registration.beforeResults,
    changes: changesOf(registration, config),
    configuration: configurationHash(configText),
    generations,
    claims: judge(registration.preregistration, rows, { generations, costs }),
  };
}

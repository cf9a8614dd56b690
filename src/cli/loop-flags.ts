import { ARMS, type ArmKind, DEFAULT_CONFIG, type LoopConfig, parseArm, REGIMES } from '../loop/index.js';
import { UsageError } from './errors.js';
import type { Flag, ParsedFlags } from './flags.js';

/** A number >= 0 or Infinity. */
export function gammaOf(text: string): number {
  const gamma = Number(text);
  if (text.trim() === '' || !(gamma >= 0))
    throw new UsageError(`Expected a number >= 0 or Infinity for --gamma but received ${text}`);
  return gamma;
}

/** Options without those that were not given. */
export const definedOnly = <T extends object>(options: T): Partial<T> =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>;

/** The options of `selfcorrect run` that decide its configuration. */
export const RUN_FLAGS: Record<string, Flag> = {
  arms: {
    type: 'list',
    value: 'A,B',
    help: `${Object.keys(ARMS).join(', ')}; each may have settings of its own: corrected@gamma=1`,
  },
  regime: {
    type: 'list',
    choices: REGIMES,
    value: 'A,B',
    help: `one of ${REGIMES.join(', ')}; several: every arm under each`,
  },
  lambda: {
    type: 'list',
    value: 'N,N',
    help: 'synthetic samples per real one; several: every arm with each',
  },
  gamma: {
    type: 'list',
    value: 'N,N',
    help: 'correction strength, 0 to Infinity; several: every arm with each',
  },
  generations: { type: 'integer', range: [1, 9999], help: 'generations after the first' },
  seeds: { type: 'text', value: 'N|A,B', help: 'how many seeds, from 0 on, or which (1)' },
  n: { type: 'integer', range: [1, 16_777_216], help: 'real samples' },
  keep: {
    type: 'number',
    range: [0, 1],
    help: `share of real samples under the regime keep (${DEFAULT_CONFIG.keep})`,
  },
  corrector: { type: 'text', help: "the task's corrector (its first)" },
  candidates: {
    type: 'integer',
    range: [1, 1024],
    help: `candidates per sample where an arm selects (${DEFAULT_CONFIG.candidates})`,
  },
  'select-after': {
    type: 'text',
    choices: ['sampling', 'correction'],
    help: `where an arm selects and corrects: choose, then correct, or the other way (${DEFAULT_CONFIG.selectAfter})`,
  },
  dispersion: {
    type: 'number',
    range: [0, 1000],
    help: `how much more widely the arm dispersed draws (${DEFAULT_CONFIG.dispersion})`,
  },
  reward: { type: 'text', help: "the task's reward, for the arms best and gated (its first)" },
  'minimum-reward': { type: 'number', help: 'smallest reward that passes the gate of the arm gated' },
  training: {
    type: 'text',
    choices: ['finetune', 'scratch'],
    help: 'go on from the weights before, or from untrained ones',
  },
  optimizer: {
    type: 'text',
    choices: ['reset', 'keep'],
    help: 'a fresh optimiser each generation, or the one before',
  },
  'real-weight': { type: 'text', value: 'count|golden|N', help: 'share of the loss that real samples have' },
  extrapolation: {
    type: 'number',
    range: [0, 1000],
    help: `w of the arm extrapolated (${DEFAULT_CONFIG.extrapolation})`,
  },
  'negative-guidance': {
    type: 'number',
    range: [0, 1000],
    help: `w of the arm guided (${DEFAULT_CONFIG.negativeGuidance})`,
  },
  truncation: {
    type: 'number',
    range: [0, 1],
    help: `probability from which the arm truncated leaves out (${DEFAULT_CONFIG.truncation})`,
  },
  evaluation: {
    type: 'integer',
    range: [2, 16_777_216],
    help: 'samples drawn for each evaluation, where the task draws any',
  },
  'evaluate-every': {
    type: 'integer',
    range: [1, 9999],
    help: `generations between two evaluations; the last is always evaluated (${DEFAULT_CONFIG.evaluateEvery})`,
  },
  'checkpoint-every': { type: 'integer', range: [1, 9999], help: 'generations between two checkpoints (50)' },
};

function listOf(list: unknown, name: string, convert: (text: string) => number): (number | string)[] {
  return ((list as string[] | undefined) ?? []).map((text) => {
    const value = convert(text);
    if (text === '' || !(value >= 0))
      throw new UsageError(`Expected numbers >= 0 for --${name} but received ${text}`);
    return value;
  });
}

/** `24` is seeds 0 to 23; `3,5` are these. */
export function seedsOf(text: string | undefined): number[] | undefined {
  if (text === undefined) return undefined;
  const numbers = text
    .split(',')
    .filter((part, i, all) => part !== '' || i < all.length - 1)
    .map(Number);
  if (text.trim() === '' || !numbers.every((number) => Number.isSafeInteger(number) && number >= 0))
    throw new UsageError(
      `Expected a number of seeds, or seeds with commas, for --seeds but received ${text}`,
    );
  if (text.includes(',')) return numbers;
  if (numbers[0] < 1) throw new UsageError(`Expected one seed or more for --seeds but received ${text}`);
  return Array.from({ length: numbers[0] }, (_, seed) => seed);
}

function realWeightOf(text: string | undefined): LoopConfig['realWeight'] | undefined {
  if (text === undefined || text === 'count' || text === 'golden') return text;
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1))
    throw new UsageError(
      `Expected count, golden or a number from 0 to 1 for --real-weight but received ${text}`,
    );
  return value;
}

/** Settings that an arm of this kind heeds among those that can be swept. */
function heeds(kind: ArmKind, key: string): boolean {
  const { synthetic, corrector } = ARMS[kind];
  return key === 'gamma' ? corrector !== undefined : synthetic;
}

/** Every arm with every combination of the settings that have several values. */
export function sweep(
  arms: readonly string[],
  settings: Record<string, readonly (string | number)[]>,
): string[] {
  return arms.flatMap((arm) => {
    const { kind, settings: own } = parseArm(arm);
    let names = [arm];
    for (const [key, values] of Object.entries(settings))
      if (values.length > 1 && heeds(kind, key) && !(key in own))
        names = names.flatMap((name) => values.map((value) => `${name}@${key}=${value}`));
    return names;
  });
}

/**
 * The configuration that the flags ask for, without what they leave to the task.
 * @param defaults the arms that run where --arms is not given
 */
export function runConfig({ flags }: ParsedFlags, defaults: readonly string[]): Partial<LoopConfig> {
  const swept = {
    regime: (flags.regime as string[] | undefined) ?? [],
    lambda: listOf(flags.lambda, 'lambda', Number),
    gamma: listOf(flags.gamma, 'gamma', gammaOf),
  };
  const single = Object.fromEntries(
    Object.entries(swept).flatMap(([key, values]) => (values.length === 1 ? [[key, values[0]]] : [])),
  );
  const arms = (flags.arms as string[] | undefined) ?? defaults;
  return definedOnly({
    ...single,
    arms: sweep(arms, swept),
    generations: flags.generations as number | undefined,
    seeds: seedsOf(flags.seeds as string | undefined),
    n: flags.n as number | undefined,
    keep: flags.keep as number | undefined,
    corrector: flags.corrector as string | undefined,
    candidates: flags.candidates as number | undefined,
    selectAfter: flags['select-after'] as LoopConfig['selectAfter'] | undefined,
    dispersion: flags.dispersion as number | undefined,
    reward: flags.reward as string | undefined,
    minimumReward: flags['minimum-reward'] as number | undefined,
    training: flags.training as LoopConfig['training'] | undefined,
    optimizer: flags.optimizer as LoopConfig['optimizer'] | undefined,
    realWeight: realWeightOf(flags['real-weight'] as string | undefined),
    extrapolation: flags.extrapolation as number | undefined,
    negativeGuidance: flags['negative-guidance'] as number | undefined,
    truncation: flags.truncation as number | undefined,
    evaluationCount: flags.evaluation as number | undefined,
    evaluateEvery: flags['evaluate-every'] as number | undefined,
    checkpointEvery: (flags['checkpoint-every'] as number | undefined) ?? 50,
  });
}

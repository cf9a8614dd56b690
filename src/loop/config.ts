import { ARMS, type Arm, type ArmKind, type ArmName, parseArm } from './arms.js';
import { LoopError } from './errors.js';
import { REGIMES, type RealWeight, type Regime } from './regime.js';
import type { Json } from './task.js';

/** Everything that decides a run besides the task's own settings. */
export interface LoopConfig {
  /** Which arms run; see {@link ARMS}. The baseline is always among them. */
  arms: ArmName[];
  /** How each generation's training set is put together; see {@link Regime}. */
  regime: Regime;
  /** Generations after generation 0, 1 to 9999. */
  generations: number;
  /** Synthetic samples per real one: floor(lambda n) are drawn each generation; >= 0. */
  lambda: number;
  /** Correction strength: each sample is corrected with probability gamma / (1 + gamma); Infinity corrects all. */
  gamma: number;
  /** Real samples. */
  n: number;
  /** Share of the real samples that the regime `keep` keeps, in [0, 1]. */
  keep: number;
  /** The task's corrector; null: its first. */
  corrector: string | null;
  /** Candidates per chosen sample in arms that select, K >= 1. */
  candidates: number;
  /**
   * Where an arm selects and corrects: `sampling`, choose among what was drawn and correct the chosen; `correction`, correct all
   * candidates and choose by what became of them, which costs K times the correction.
   */
  selectAfter: 'sampling' | 'correction';
  /**
   * How much more widely arm `dispersed`, and any other whose name says @dispersion, draws its synthetic samples, >= 0; 0 is as the
   * model would. The task says of what: the motion task scales the noise that a sample starts from by 1 + dispersion.
   */
  dispersion: number;
  /** The task's reward, for arms `best` and `gated`; null: its first. */
  reward: string | null;
  /** Smallest reward that passes the gate of arm `gated`; null: success of the correction alone. */
  minimumReward: number | null;
  /** Go on from the weights of the generation before, or from untrained ones with the budget of generation 0. */
  training: 'finetune' | 'scratch';
  /** A fresh optimiser in every generation, or the one of the generation before. */
  optimizer: 'reset' | 'keep';
  /** How much real samples count in the loss; see {@link RealWeight}. */
  realWeight: RealWeight;
  /** w of arm `extrapolated` (Neon), > 0. */
  extrapolation: number;
  /** w of arm `guided` (SIMS), > 0. */
  negativeGuidance: number;
  /** Probability over which arm `truncated` leaves a part of a sample out of the loss, in (0, 1). */
  truncation: number;
  /** Optimiser steps of generation 0. */
  stepsGen0: number;
  /** Optimiser steps of every later generation, the same in all arms. */
  stepsPerGeneration: number;
  learningRateGen0: number;
  learningRate: number;
  /** One whole experiment each: its own real subset, its own generation 0. */
  seeds: number[];
  /** Samples drawn for each evaluation. */
  evaluationCount: number;
  /**
   * Generations between two evaluations, >= 1: generation t is evaluated where t is a multiple of it, and the last one. Rows of the
   * others have no metrics of samples.
   */
  evaluateEvery: number;
  /** How often generation 0 is evaluated to measure the noise of one evaluation, >= 2. */
  noiseRepeats: number;
  /** Generations between two checkpoints of an arm, >= 1: what a kill may cost at most. */
  checkpointEvery: number;
}

/** n = 64, lambda = 1; 2500 steps first, so that generation 0 is past its worst jitter, then 100 a generation. */
export const DEFAULT_CONFIG: Readonly<LoopConfig> = Object.freeze({
  arms: ['baseline', 'uncorrected', 'placebo', 'corrected', 'selected'],
  regime: 'augment',
  generations: 10,
  lambda: 1,
  gamma: Number.POSITIVE_INFINITY,
  n: 64,
  keep: 0.1,
  corrector: null,
  candidates: 4,
  selectAfter: 'sampling',
  dispersion: 0.1,
  reward: null,
  minimumReward: null,
  training: 'finetune',
  optimizer: 'reset',
  realWeight: 'count',
  extrapolation: 0.5,
  negativeGuidance: 0.5,
  truncation: 0.9,
  stepsGen0: 2500,
  stepsPerGeneration: 100,
  learningRateGen0: 2e-3,
  learningRate: 5e-4,
  seeds: [0],
  evaluationCount: 128,
  evaluateEvery: 1,
  noiseRepeats: 4,
  checkpointEvery: 1,
});

const expect = (ok: boolean, what: string, name: string, value: unknown): void => {
  if (!ok) throw new LoopError('ERR_RANGE', `Expected ${what} for ${name} but received ${String(value)}`);
};
type NumberKey = { [K in keyof LoopConfig]: LoopConfig[K] extends number ? K : never }[keyof LoopConfig];
const integerIn = (config: LoopConfig, name: NumberKey, low: number, high: number): void =>
  expect(
    Number.isInteger(config[name]) && config[name] >= low && config[name] <= high,
    `an integer from ${low} to ${high}`,
    name,
    config[name],
  );
const oneOf = (config: LoopConfig, name: keyof LoopConfig, values: readonly unknown[]): void =>
  expect(values.includes(config[name]), `one of ${values.join(', ')}`, name, config[name]);
const within01 = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value <= 1;
const nameOrNull = (config: LoopConfig, name: 'corrector' | 'reward'): void =>
  expect(config[name] === null || typeof config[name] === 'string', 'a name or null', name, config[name]);

/** Throws a {@link LoopError} that names the first value out of range. */
function checkValues(config: LoopConfig): void {
  oneOf(config, 'regime', REGIMES);
  oneOf(config, 'training', ['finetune', 'scratch']);
  oneOf(config, 'optimizer', ['reset', 'keep']);
  oneOf(config, 'selectAfter', ['sampling', 'correction']);
  const { dispersion, lambda, gamma, keep, realWeight, minimumReward, truncation } = config;
  expect(Number.isFinite(lambda) && lambda >= 0, 'a finite number >= 0', 'lambda', lambda);
  expect(typeof gamma === 'number' && gamma >= 0, 'a number >= 0 or Infinity', 'gamma', gamma);
  expect(Number.isFinite(dispersion) && dispersion >= 0, 'a finite number >= 0', 'dispersion', dispersion);
  expect(within01(keep), 'a number from 0 to 1', 'keep', keep);
  expect(
    realWeight === 'count' || realWeight === 'golden' || within01(realWeight),
    'count, golden or a number from 0 to 1',
    'realWeight',
    realWeight,
  );
  expect(
    minimumReward === null || Number.isFinite(minimumReward),
    'a number or null',
    'minimumReward',
    minimumReward,
  );
  expect(truncation > 0 && truncation < 1, 'a number between 0 and 1', 'truncation', truncation);
  nameOrNull(config, 'corrector');
  nameOrNull(config, 'reward');
  integerIn(config, 'generations', 1, 9999);
  integerIn(config, 'n', 1, 2 ** 24);
  integerIn(config, 'candidates', 1, 1024);
  integerIn(config, 'stepsGen0', 0, 2 ** 31);
  integerIn(config, 'stepsPerGeneration', 0, 2 ** 31);
  integerIn(config, 'evaluationCount', 2, 2 ** 24);
  integerIn(config, 'evaluateEvery', 1, 9999);
  integerIn(config, 'noiseRepeats', 2, 1000);
  integerIn(config, 'checkpointEvery', 1, 9999);
  for (const name of ['learningRateGen0', 'learningRate', 'extrapolation', 'negativeGuidance'] as const)
    expect(Number.isFinite(config[name]) && config[name] > 0, 'a finite number > 0', name, config[name]);
  expect(
    config.regime !== 'replace' || Math.floor(lambda * config.n + 1e-9) > 0,
    'lambda n >= 1 under the regime replace',
    'lambda',
    lambda,
  );
}

/** Settings that an arm may have of its own. */
const OF_ARMS = [
  'regime',
  'lambda',
  'gamma',
  'keep',
  'corrector',
  'candidates',
  'selectAfter',
  'dispersion',
  'reward',
  'minimumReward',
  'training',
  'optimizer',
  'realWeight',
  'extrapolation',
  'negativeGuidance',
  'truncation',
] as const satisfies (keyof LoopConfig)[];

/** The configuration as one arm has it, and what kind of arm that is. */
export interface ArmSettings extends LoopConfig {
  name: ArmName;
  kind: ArmKind;
  arm: Arm;
}

/** What makes an arm heed a setting that says nothing to the others: in one of those it would be an arm that is not what its name says. */
const NEEDS: Readonly<Record<string, { of: string; has: (arm: Arm) => boolean }>> = {
  candidates: { of: 'that selects', has: (arm) => arm.select !== undefined },
  selectAfter: {
    of: 'that selects and corrects',
    has: (arm) => arm.select !== undefined && arm.corrector !== undefined,
  },
  corrector: {
    of: 'with the configured corrector, or one that extrapolates',
    has: (arm) => arm.corrector === 'configured' || arm.cure === 'extrapolate',
  },
  dispersion: { of: 'with synthetic samples', has: (arm) => arm.synthetic },
};

/** True where generation `generation` is evaluated. */
export const isEvaluated = (
  { evaluateEvery, generations }: Pick<LoopConfig, 'evaluateEvery' | 'generations'>,
  generation: number,
): boolean => generation % evaluateEvery === 0 || generation === generations;

/** @throws LoopError ERR_RANGE for an arm that is not known or has settings that an arm cannot have or that this one does not heed */
export function armSettings(config: LoopConfig, name: ArmName): ArmSettings {
  const { kind, settings } = parseArm(name);
  const own: Record<string, string | number> = {};
  for (const [key, text] of Object.entries(settings)) {
    expect(
      (OF_ARMS as readonly string[]).includes(key),
      `one of ${OF_ARMS.join(', ')}`,
      `a setting of ${name}`,
      key,
    );
    const need = NEEDS[key];
    if (need) expect(need.has(ARMS[kind]), `an arm ${need.of}`, `the setting ${key}`, name);
    own[key] = Number.isNaN(Number(text)) ? text : Number(text);
  }
  const merged: LoopConfig = { ...config, ...own };
  checkValues(merged);
  const arm: Arm = { ...ARMS[kind] };
  if ('dispersion' in own) arm.disperse = true;
  if ('corrector' in own) arm.corrector = 'configured';
  return { ...merged, name, kind, arm };
}

/**
 * Fills in defaults, adds the baseline where it is missing and checks every value; throws a {@link LoopError} that names the
 * first one out of range.
 */
export function resolveConfig(partial: Partial<LoopConfig>): LoopConfig {
  const given = Object.fromEntries(Object.entries(partial).filter(([, value]) => value !== undefined));
  for (const name of Object.keys(given))
    expect(
      name in DEFAULT_CONFIG,
      `one of ${Object.keys(DEFAULT_CONFIG).join(', ')}`,
      'a configuration key',
      name,
    );
  const config: LoopConfig = { ...DEFAULT_CONFIG, ...given };
  expect(config.arms.length > 0, 'at least one arm', 'arms', 'none');
  config.arms = config.arms.includes('baseline') ? [...config.arms] : ['baseline', ...config.arms];
  config.seeds = [...config.seeds];
  checkValues(config);
  for (const arm of config.arms) armSettings(config, arm);
  expect(new Set(config.arms).size === config.arms.length, 'different names', 'arms', config.arms.join(', '));
  expect(config.seeds.length > 0, 'at least one seed', 'seeds', 'none');
  for (const seed of config.seeds)
    expect(Number.isSafeInteger(seed) && seed >= 0, 'an integer >= 0', 'a seed', seed);
  expect(
    new Set(config.seeds).size === config.seeds.length,
    'different numbers',
    'seeds',
    config.seeds.join(', '),
  );
  return config;
}

/** The configuration as JSON; an infinite gamma is written as the string "Infinity". */
export const configJson = (config: LoopConfig): { [key: string]: Json } => ({
  ...config,
  gamma: config.gamma === Number.POSITIVE_INFINITY ? 'Infinity' : config.gamma,
});

/** Inverse of {@link configJson}. */
export const configFromJson = (json: { [key: string]: Json }): LoopConfig =>
  ({
    ...json,
    gamma: json.gamma === 'Infinity' ? Number.POSITIVE_INFINITY : json.gamma,
  }) as unknown as LoopConfig;

/** Paths at which two JSON values differ, each as `path: old -> new`. */
export function differences(before: Json, after: Json, path = ''): string[] {
  const isTree = (value: Json): value is Json[] | { [key: string]: Json } =>
    typeof value === 'object' && value !== null;
  if (isTree(before) && isTree(after) && Array.isArray(before) === Array.isArray(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) =>
      differences(
        (before as { [key: string]: Json })[key] ?? null,
        (after as { [key: string]: Json })[key] ?? null,
        path ? `${path}.${key}` : key,
      ),
    );
  }
  return before === after ? [] : [`${path}: ${JSON.stringify(before)} -> ${JSON.stringify(after)}`];
}

import { ARMS, type ArmName } from './arms.js';
import { LoopError } from './errors.js';
import { REGIMES, type Regime } from './regime.js';
import type { Json } from './task.js';

/** Everything that decides a run besides the task's own settings. */
export interface LoopConfig {
  /** Which arms run; see {@link ARMS}. */
  arms: ArmName[];
  /** How each generation's training set is put together; see {@link Regime}. */
  regime: Regime;
  /** Generations after generation 0, 1 to 9999. */
  generations: number;
  /** Synthetic samples per real one: floor(lambda n) are added each generation; >= 0. */
  lambda: number;
  /** Correction strength: each sample is corrected with probability gamma / (1 + gamma); Infinity corrects all. */
  gamma: number;
  /** Real samples. */
  n: number;
  /** Candidates per chosen sample in arms that select, K >= 1. */
  candidates: number;
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
  /** How often generation 0 is evaluated to measure the noise of one evaluation, >= 2. */
  noiseRepeats: number;
}

/** n = 64, lambda = 1; 2500 steps first, so that generation 0 is past its worst jitter, then 100 a generation. */
export const DEFAULT_CONFIG: Readonly<LoopConfig> = Object.freeze({
  arms: ['baseline', 'uncorrected', 'placebo', 'corrected', 'selected'] as ArmName[],
  regime: 'augment',
  generations: 10,
  lambda: 1,
  gamma: Number.POSITIVE_INFINITY,
  n: 64,
  candidates: 4,
  stepsGen0: 2500,
  stepsPerGeneration: 100,
  learningRateGen0: 1e-3,
  learningRate: 5e-4,
  seeds: [0],
  evaluationCount: 128,
  noiseRepeats: 4,
});

const expect = (ok: boolean, what: string, name: string, value: unknown): void => {
  if (!ok) throw new LoopError('ERR_RANGE', `Expected ${what} for ${name} but received ${String(value)}`);
};
const integerIn = (config: LoopConfig, name: keyof LoopConfig, low: number, high: number): void => {
  const value = config[name] as number;
  expect(
    Number.isInteger(value) && value >= low && value <= high,
    `an integer from ${low} to ${high}`,
    name,
    value,
  );
};

/** Fills in defaults and checks every value; throws a {@link LoopError} that names the first one out of range. */
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
  config.arms = [...config.arms];
  config.seeds = [...config.seeds];
  expect(config.arms.length > 0, 'at least one arm', 'arms', 'none');
  for (const arm of config.arms)
    expect(Object.hasOwn(ARMS, arm), `one of ${Object.keys(ARMS).join(', ')}`, 'an arm', arm);
  expect(new Set(config.arms).size === config.arms.length, 'different names', 'arms', config.arms.join(', '));
  expect(REGIMES.includes(config.regime), `one of ${REGIMES.join(', ')}`, 'regime', config.regime);
  expect(
    Number.isFinite(config.lambda) && config.lambda >= 0,
    'a finite number >= 0',
    'lambda',
    config.lambda,
  );
  expect(config.gamma >= 0, 'a number >= 0 or Infinity', 'gamma', config.gamma);
  integerIn(config, 'generations', 1, 9999);
  integerIn(config, 'n', 1, 2 ** 24);
  integerIn(config, 'candidates', 1, 1024);
  integerIn(config, 'stepsGen0', 0, 2 ** 31);
  integerIn(config, 'stepsPerGeneration', 0, 2 ** 31);
  integerIn(config, 'evaluationCount', 2, 2 ** 24);
  integerIn(config, 'noiseRepeats', 2, 1000);
  for (const name of ['learningRateGen0', 'learningRate'] as const)
    expect(Number.isFinite(config[name]) && config[name] > 0, 'a finite number > 0', name, config[name]);
  expect(config.seeds.length > 0, 'at least one seed', 'seeds', 'none');
  for (const seed of config.seeds)
    expect(Number.isSafeInteger(seed) && seed >= 0, 'an integer >= 0', 'a seed', seed);
  expect(
    new Set(config.seeds).size === config.seeds.length,
    'different numbers',
    'seeds',
    config.seeds.join(', '),
  );
  expect(
    config.regime !== 'replace' || Math.floor(config.lambda * config.n) > 0,
    'lambda n >= 1 under the regime replace',
    'lambda',
    config.lambda,
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

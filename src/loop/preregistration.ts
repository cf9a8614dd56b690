import { parseArm } from './arms.js';
import { LoopError } from './errors.js';
import type { PairedTests } from './paired-tests.js';

/** What a run is to show, written down before there are results. {@link judge} says what came of it. */
export interface Preregistration {
  /** In words: what is asked, and which figures decide. */
  question: string;
  /** The metric that decides where metrics disagree. */
  primary: string;
  claims: Claim[];
}

/** A gate must be met for the run to count; a goal is what is hoped for. It holds when all its comparisons do. */
export interface Claim {
  name: string;
  kind: 'gate' | 'goal';
  all: Comparison[];
}

export type Comparison = OrderComparison | RatioComparison | CostComparison;

/** The arms lie in this order, lowest first, in at least `inSeeds[0]` of `inSeeds[1]` seeds. */
export interface OrderComparison {
  type: 'order';
  metric: string;
  /** `slope`: least squares per generation over all generations evaluated; `last`: the last generation's value. */
  of: 'slope' | 'last';
  arms: string[];
  inSeeds: [least: number, of: number];
}

/** Mean over seeds of a metric of `arm` at the last generation, over that of `against`: at most, or at least, a factor. */
export interface RatioComparison {
  type: 'ratio';
  metric: string;
  arm: string;
  /** Another arm, or `real`: what real data score. */
  against: string;
  atMost?: number;
  atLeast?: number;
  /** Fewer seeds decide nothing. */
  seeds: number;
  /** A paired test over seeds of arm - factor x against, two-sided, that must also give a p-value below this. */
  test?: { name: keyof PairedTests; below: number };
}

/** Mean wall-clock seconds of one generation of an arm, or the share of it that one stage takes. */
export interface CostComparison {
  type: 'cost';
  arm: string;
  /** Left out: the seconds of all stages. Otherwise this stage's share of them, in [0, 1]. */
  stage?: 'sample' | 'select' | 'correct' | 'train' | 'evaluate';
  atMost: number;
}

/** What real data score, in the place of an arm. */
export const REAL = 'real';

const fail = (what: string, name: string, value: unknown): never => {
  throw new LoopError('ERR_RANGE', `Expected ${what} for ${name} but received ${JSON.stringify(value)}`);
};

type Fields = Record<string, unknown>;

function object(value: unknown, name: string, keys: readonly string[]): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) fail('an object', name, value);
  for (const key of Object.keys(value as Fields))
    if (!keys.includes(key)) fail(`one of ${keys.join(', ')}`, `a key of ${name}`, key);
  return value as Fields;
}
const text = (value: unknown, name: string): string =>
  typeof value === 'string' && value !== '' ? value : fail('a text', name, value);
const oneOf = <T extends string>(value: unknown, choices: readonly T[], name: string): T =>
  choices.includes(value as T) ? (value as T) : fail(`one of ${choices.join(', ')}`, name, value);
const positive = (value: unknown, name: string): number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0
    ? value
    : fail('a finite number > 0', name, value);
const count = (value: unknown, name: string): number =>
  Number.isInteger(value) && (value as number) >= 1
    ? (value as number)
    : fail('an integer >= 1', name, value);
const list = (value: unknown, name: string, least: number): unknown[] =>
  Array.isArray(value) && value.length >= least ? value : fail(`a list of ${least} or more`, name, value);
function arm(value: unknown, name: string): string {
  parseArm(text(value, name));
  return value as string;
}

function comparison(value: unknown, name: string): Comparison {
  const type = oneOf((value as Fields | null)?.type, ['order', 'ratio', 'cost'] as const, `${name}.type`);
  if (type === 'order') {
    const fields = object(value, name, ['type', 'metric', 'of', 'arms', 'inSeeds']);
    const [least, of, ...more] = list(fields.inSeeds, `${name}.inSeeds`, 2);
    const inSeeds: [number, number] = [count(least, `${name}.inSeeds`), count(of, `${name}.inSeeds`)];
    if (more.length > 0 || inSeeds[0] > inSeeds[1])
      fail('two numbers, the first not above the second,', `${name}.inSeeds`, fields.inSeeds);
    return {
      type,
      metric: text(fields.metric, `${name}.metric`),
      of: oneOf(fields.of, ['slope', 'last'] as const, `${name}.of`),
      arms: list(fields.arms, `${name}.arms`, 2).map((one) => arm(one, `${name}.arms`)),
      inSeeds,
    };
  }
  if (type === 'cost') {
    const fields = object(value, name, ['type', 'arm', 'stage', 'atMost']);
    const stages = ['sample', 'select', 'correct', 'train', 'evaluate'] as const;
    return {
      type,
      arm: arm(fields.arm, `${name}.arm`),
      ...(fields.stage === undefined ? {} : { stage: oneOf(fields.stage, stages, `${name}.stage`) }),
      atMost: positive(fields.atMost, `${name}.atMost`),
    };
  }
  const fields = object(value, name, [
    'type',
    'metric',
    'arm',
    'against',
    'atMost',
    'atLeast',
    'seeds',
    'test',
  ]);
  if ((fields.atMost === undefined) === (fields.atLeast === undefined))
    fail('either atMost or atLeast', name, value);
  const bound = fields.atMost === undefined ? 'atLeast' : 'atMost';
  const test = fields.test === undefined ? undefined : object(fields.test, `${name}.test`, ['name', 'below']);
  return {
    type,
    metric: text(fields.metric, `${name}.metric`),
    arm: arm(fields.arm, `${name}.arm`),
    against: fields.against === REAL ? REAL : arm(fields.against, `${name}.against`),
    [bound]: positive(fields[bound], `${name}.${bound}`),
    seeds: count(fields.seeds, `${name}.seeds`),
    ...(test && {
      test: {
        name: oneOf(test.name, ['sign', 't', 'permutation'] as const, `${name}.test.name`),
        below: positive(test.below, `${name}.test.below`),
      },
    }),
  };
}

/**
 * A pre-registration out of JSON.
 * @throws LoopError ERR_RANGE that names the first key or value that is not as {@link Preregistration} says
 */
export function parsePreregistration(value: unknown, name = 'preregistration'): Preregistration {
  const fields = object(value, name, ['question', 'primary', 'claims']);
  return {
    question: text(fields.question, `${name}.question`),
    primary: text(fields.primary, `${name}.primary`),
    claims: list(fields.claims, `${name}.claims`, 0).map((one, i) => {
      const at = `${name}.claims[${i}]`;
      const claim = object(one, at, ['name', 'kind', 'all']);
      return {
        name: text(claim.name, `${at}.name`),
        kind: oneOf(claim.kind, ['gate', 'goal'] as const, `${at}.kind`),
        all: list(claim.all, `${at}.all`, 1).map((part, j) => comparison(part, `${at}.all[${j}]`)),
      };
    }),
  };
}

/** The arms that a pre-registration speaks of. */
export const armsOf = ({ claims }: Preregistration): string[] => [
  ...new Set(
    claims.flatMap(({ all }) =>
      all.flatMap((part) =>
        part.type === 'order'
          ? part.arms
          : part.type === 'cost' || part.against === REAL
            ? [part.arm]
            : [part.arm, part.against],
      ),
    ),
  ),
];

/** A comparison in words. */
export function statement(part: Comparison): string {
  if (part.type === 'order') {
    const what = part.of === 'slope' ? `slope of ${part.metric}` : part.metric;
    return `${what}: ${part.arms.join(' < ')} in ${part.inSeeds[0]} of ${part.inSeeds[1]} seeds`;
  }
  if (part.type === 'cost')
    return part.stage
      ? `${part.stage} of ${part.arm} <= ${100 * part.atMost} % of a generation`
      : `a generation of ${part.arm} <= ${part.atMost} s`;
  const relation = part.atMost === undefined ? '>=' : '<=';
  const test = part.test ? `, ${part.test.name} test p < ${part.test.below}` : '';
  return `${part.metric} of ${part.arm} ${relation} ${part.atMost ?? part.atLeast} x ${part.against}'s${test}`;
}

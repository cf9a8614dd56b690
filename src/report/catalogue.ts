import { ARMS, type ArmKind } from '../loop/arms.js';
import { METRICS } from '../metrics/index.js';
import { ARM_COLOURS, HUES } from './colours.js';

/** How a metric is presented. */
export interface Presentation {
  name: string;
  unit: string;
  /** What it measures and how to read it. */
  meaning: string;
  /** Fixed axis, where the metric has bounds. */
  range?: readonly [number, number];
  /** A logarithmic axis helps once values spread over more than a factor of eight. */
  wide?: boolean;
}

/** In the order of reading: the indicators that proved reliable come first, then the noisy ones and the parts of others. */
const ORDER: readonly string[] = [
  'fid',
  'recall',
  'jerk',
  'physErr',
  'coverage',
  'withinDiversity',
  'embeddingFid',
  'embeddingDiversity',
  'matching',
  'rPrecision1',
  'rPrecision2',
  'rPrecision3',
  'multimodality',
  'precision',
  'diversity',
  'accuracy',
  'nearest',
  'memorisation',
  'penetrate',
  'float',
  'skate',
  'skateRatio',
  'boneDeviation',
  'speed',
];

/** Metrics that say most with least noise; tables of many numbers are kept to them. */
export const HEADLINES: readonly string[] = ORDER.slice(0, 4);

const RANGES: Record<string, readonly [number, number]> = {
  recall: [0, 1],
  coverage: [0, 1],
  precision: [0, 1],
  accuracy: [0, 1],
  rPrecision1: [0, 1],
  rPrecision2: [0, 1],
  rPrecision3: [0, 1],
};
const WIDE = new Set(['fid', 'embeddingFid', 'jerk']);

/** What a reader has to know beside the definition. */
const WARNINGS: Record<string, string> = {
  precision: 'Never read it alone.',
  accuracy: 'Never read it alone.',
};

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** `rootSpeed` to `root speed`. */
export const spellOut = (key: string): string =>
  key
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[_.]+/g, ' ')
    .toLowerCase();

/** How to present a metric; one that no room describes appears under its own name. */
export function presentation(key: string): Presentation {
  const info = Object.hasOwn(METRICS, key) ? METRICS[key] : undefined;
  if (!info) return { name: capital(spellOut(key)), unit: '', meaning: '', wide: true };
  const meaning = [`${capital(info.meaning)}.`, WARNINGS[key]].filter(Boolean).join(' ');
  return { name: capital(info.label), unit: info.unit, meaning, range: RANGES[key], wide: WIDE.has(key) };
}

export const LOSS: Presentation = {
  name: 'Training loss',
  unit: '',
  meaning: 'It falls when a model collapses onto its own samples: no sign of success.',
};

const rankIn = (list: readonly string[], name: string): number => {
  const at = list.indexOf(name);
  return at < 0 ? list.length : at;
};

/** Known metrics first, in their order, then the others as they come. */
export const orderMetrics = (keys: Iterable<string>): string[] =>
  [...new Set(keys)].sort((a, b) => rankIn(ORDER, a) - rankIn(ORDER, b));

/** Arms with a colour of their own, the same in every report. */
const COLOURED: readonly string[] = [
  'baseline',
  'uncorrected',
  'placebo',
  'corrected',
  'selected',
  'cleaned',
  'chosen',
  'random',
  'dispersed',
  'restored',
  'calibrated',
];

/** Kinds of arms in the order of reading: what is compared with what stands together. */
const ARM_ORDER: readonly string[] = [
  'baseline',
  'uncorrected',
  'random',
  'placebo',
  'cleaned',
  'corrected',
  'gated',
  'chosen',
  'selected',
  'dispersed',
  'calibrated',
  'restored',
  'extrapolated',
];

/** Colour number of an arm with one of its own. */
export const armColour = (arm: string): number | undefined => {
  const at = COLOURED.indexOf(arm);
  return at < 0 ? undefined : at;
};

/** `corrected@gamma=1@regime=replace` as its kind and `gamma = 1, regime = replace`. */
function splitArm(arm: string): { kind: string; rest: string } {
  const [kind, ...settings] = arm.split('@');
  return { kind, rest: settings.map((part) => part.replace('=', ' = ')).join(', ') };
}

/**
 * An arm's name where there is little room: `γ=1 replace` for `corrected@gamma=1@regime=replace` among variants of one kind (and the
 * baseline), otherwise with the kind before it.
 */
export function shortArm(arm: string, among: readonly string[] = []): string {
  const [kind, ...settings] = arm.split('@');
  const short = settings.map((part) =>
    part
      .replace(/^gamma=/, 'γ=')
      .replace(/^lambda=/, 'λ=')
      .replace(/^candidates=/, 'K=')
      .replace(/^(regime|corrector)=/, ''),
  );
  if (short.length === 0) return kind;
  const others = among.filter((one) => one !== 'baseline');
  const alone = others.every((one) => one.startsWith(`${kind}@`));
  return (alone ? short : [kind, ...short]).join(' ');
}

/** True if an arm's samples are corrected. */
export const corrects = (arm: string): boolean => {
  const { kind } = splitArm(arm);
  return (
    Object.hasOwn(ARMS, kind) &&
    (ARMS[kind as ArmKind].corrector !== undefined || arm.includes('@corrector='))
  );
};

/** What is done in an arm, in words; `physics` where the corrector is the simulated humanoid. */
export function armMeaning(arm: string, physics: boolean): string {
  const meanings: Record<string, string> = {
    baseline: 'goes on training on real data alone',
    uncorrected: 'trains on its own samples as they come',
    placebo: `trains on its own samples, changed at random by as much as the correction changes them${physics ? ', without physics' : ''}`,
    corrected: `trains on its own samples, corrected${physics ? ' by a simulated humanoid that tracks them' : ''}`,
    selected: 'trains on corrected samples that were chosen from more candidates to match the real set',
    cleaned: 'trains on its own samples, cleaned by inverse kinematics without simulation',
  };
  const { kind, rest } = splitArm(arm);
  const meaning = meanings[kind] ?? (Object.hasOwn(ARMS, kind) ? ARMS[kind as ArmKind].meaning : '');
  return meaning && rest ? `${meaning}, with ${rest}` : meaning;
}

/** Arms of a run in reading order with the colour number of each: its own, or one that no arm here has while there are any. */
export function orderArms(names: Iterable<string>): { arm: string; colour: number }[] {
  const rank = (arm: string): number => rankIn(ARM_ORDER, splitArm(arm).kind);
  const arms = [...new Set(names)].sort((a, b) => rank(a) - rank(b));
  const taken = new Set(arms.map(armColour));
  // Numbers of no known arm come first, so that two reports of one user look alike; dashed lines come last.
  const order = (i: number): number => (i >= HUES ? 2 : i < COLOURED.length ? 1 : 0);
  const free = Array.from({ length: ARM_COLOURS }, (_, i) => i)
    .filter((i) => !taken.has(i))
    .sort((a, b) => order(a) - order(b) || a - b);
  let next = 0;
  return arms.map((arm) => ({ arm, colour: armColour(arm) ?? free[next++ % free.length] }));
}

import type { Random } from '../../random/random.js';

export function pick<T>(random: Random, choices: readonly T[]): T {
  return choices[random.integer(choices.length)];
}

export const chance = (random: Random, probability: number): boolean => random.uniform() < probability;

const WHO = ['a person', 'someone', 'the person', 'a figure', 'a man', 'a woman', 'an adult'];

/** What a person does before and after what a template tells. */
export interface Frame {
  before: string;
  after: string;
}

/**
 * A sentence from one of the templates: `{name}` is replaced by its slot and `{who}` by a subject; words left empty leave no
 * double space.
 */
export function sentence(
  random: Random,
  templates: readonly string[],
  slots: Record<string, string> = {},
  frame: Frame = { before: '', after: '' },
): string {
  const who = chance(random, 0.5) ? WHO[0] : pick(random, WHO);
  const filled = `${pick(random, templates)}${frame.after}`.replace(/\{(\w+)\}/g, (_, name: string) =>
    name === 'who' ? `${who} ${frame.before}` : (slots[name] ?? ''),
  );
  return filled
    .replace(/\s+/g, ' ')
    .replace(/ ([,.])/g, '$1')
    .trim();
}

/** Adverb of a walking speed in m/s. */
export const paceWord = (speed: number): string => (speed < 0.9 ? 'slowly' : speed > 1.5 ? 'quickly' : '');

export const COUNT_WORDS = ['no times', 'once', 'twice', 'three times', 'four times', 'five times'];
export const countWord = (count: number): string => COUNT_WORDS[count] ?? 'several times';
export const sideWord = (side: 0 | 1): string => (side === 0 ? 'left' : 'right');

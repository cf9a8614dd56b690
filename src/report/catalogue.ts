/** How a metric is presented. */
export interface MetricInfo {
  key: string;
  name: string;
  unit: string;
  /** One sentence: what it measures and which way is good. */
  meaning: string;
  /** Fixed axis, where the metric has bounds. */
  range?: readonly [number, number];
  /** Whether a logarithmic axis helps once values spread over more than a factor of eight. */
  wide?: boolean;
  better: 'lower' | 'higher' | 'real';
}

/** In the order of reading: the indicators that proved reliable first (FID, recall, jerk, phys-err), then the noisy ones. */
const KNOWN: readonly MetricInfo[] = [
  {
    key: 'fid',
    name: 'FID',
    unit: '',
    wide: true,
    better: 'lower',
    meaning:
      'Fréchet distance between generated and real motion in feature space; lower is closer to the real distribution.',
  },
  {
    key: 'recall',
    name: 'Recall',
    unit: '',
    range: [0, 1],
    better: 'higher',
    meaning: 'Share of real motions that lie near some generated one: variety kept.',
  },
  {
    key: 'jerk',
    name: 'Jerk',
    unit: 'm/s³',
    wide: true,
    better: 'real',
    meaning: 'Mean jerk of all joints. Above the real line is jitter, below it over-smoothing.',
  },
  {
    key: 'physErr',
    name: 'Physical error',
    unit: 'mm',
    better: 'lower',
    meaning: 'Penetration + float + skate: how far the motion is from standing on the ground.',
  },
  {
    key: 'precision',
    name: 'Precision',
    unit: '',
    range: [0, 1],
    better: 'higher',
    meaning:
      'Share of generated motions near some real one. It rises when a model collapses to the middle: never read it alone.',
  },
  {
    key: 'diversity',
    name: 'Diversity',
    unit: '',
    better: 'real',
    meaning: 'Mean distance between pairs of generated motions; the real value is the aim. Noisy.',
  },
  {
    key: 'accuracy',
    name: 'Label accuracy',
    unit: '',
    range: [0, 1],
    better: 'higher',
    meaning:
      'A classifier trained on real motion agrees with the label asked for. It rises with over-smoothing: never read it alone.',
  },
  {
    key: 'penetrate',
    name: 'Penetration',
    unit: 'mm',
    better: 'lower',
    meaning: 'Mean depth of the lowest joint under the ground.',
  },
  {
    key: 'float',
    name: 'Float',
    unit: 'mm',
    better: 'real',
    meaning: 'Mean height of the lowest joint over the ground; jumps and runs give real motion some.',
  },
  {
    key: 'skate',
    name: 'Skate',
    unit: 'mm/frame',
    better: 'lower',
    meaning: 'Horizontal slip of feet that touch the ground. Blind when the whole figure floats.',
  },
  {
    key: 'loss',
    name: 'Training loss',
    unit: '',
    wide: true,
    better: 'lower',
    meaning: 'Falls when a model collapses onto its own samples: it is no sign of success.',
  },
];

const byKey = new Map(KNOWN.map((info) => [info.key, info]));

/** `rootSpeed` to `root speed`. */
export const spellOut = (key: string): string =>
  key
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[_.]+/g, ' ')
    .toLowerCase();

/** How to present a metric; one the catalogue does not know appears under its own name. */
export function metricInfo(key: string): MetricInfo {
  const known = byKey.get(key);
  if (known) return known;
  const name = spellOut(key);
  return {
    key,
    name: name.charAt(0).toUpperCase() + name.slice(1),
    unit: '',
    wide: true,
    better: 'real',
    meaning: '',
  };
}

/** Known metrics first, in their order, then the others by name. */
export function orderMetrics(keys: Iterable<string>): string[] {
  const rank = (key: string): number => {
    const at = KNOWN.findIndex((info) => info.key === key);
    return at < 0 ? KNOWN.length : at;
  };
  return [...new Set(keys)].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

/** Arms in the order of reading, each with what it does; colours go by this order and never change between reports. */
const ARMS: readonly { arm: string; does: string }[] = [
  { arm: 'baseline', does: 'goes on training on real motion alone' },
  { arm: 'uncorrected', does: 'adds its own samples as they come' },
  {
    arm: 'placebo',
    does: 'adds samples displaced at random by as much as the correction moves them, without physics',
  },
  { arm: 'corrected', does: 'adds samples corrected by the physics tracker' },
  { arm: 'selected', does: 'adds corrected samples chosen from more candidates to match the real set' },
  { arm: 'kinematic', does: 'adds samples cleaned without the simulated humanoid' },
];

/** What is done in an arm, in words, or nothing for an arm the catalogue does not know. */
export const armMeaning = (arm: string): string => ARMS.find((entry) => entry.arm === arm)?.does ?? '';

/** Number of arm colours in the style sheet. */
export const ARM_COLOURS = 8;

/** Arms of a run in reading order with the colour number of each. */
export function orderArms(names: Iterable<string>): { arm: string; colour: number }[] {
  const rank = (name: string): number => {
    const at = ARMS.findIndex((entry) => entry.arm === name);
    return at < 0 ? ARMS.length : at;
  };
  let next = ARMS.length;
  return [...new Set(names)]
    .sort((a, b) => rank(a) - rank(b))
    .map((arm) => ({ arm, colour: rank(arm) < ARMS.length ? rank(arm) : next++ % ARM_COLOURS }));
}

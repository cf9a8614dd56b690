import { LoopError } from './errors.js';

/** How one arm makes and uses its synthetic samples. All arms share generation 0, budgets, noise and evaluation. */
export interface Arm {
  /** False: trained on real samples alone. */
  synthetic: boolean;
  /**
   * Draw K candidates per sample and choose: `transport` by the task's selector, `best` by the highest reward of each item's K,
   * `random` one of each item's K at random.
   */
  select?: 'transport' | 'best' | 'random';
  /**
   * Its synthetic samples are drawn more widely, by the configured `dispersion`; those of the evaluation are not. So are those of any
   * arm whose name says `@dispersion=`.
   */
  disperse?: boolean;
  /** `configured`: the corrector that the configuration names; another name: the task's corrector of that name. */
  corrector?: string;
  /** Arm whose correction of the same generation sets the amount of this one's. */
  matches?: ArmKind;
  /** Leave out samples whose correction failed or whose score is below the configured minimum. */
  gate?: boolean;
  /** What else is done against collapse; see the methods of `Generator` of these names. */
  cure?: 'extrapolate' | 'guide' | 'truncate';
  /** In words, for lists and reports: "trains on ...". */
  meaning: string;
}

export type ArmKind =
  | 'baseline'
  | 'uncorrected'
  | 'placebo'
  | 'cleaned'
  | 'corrected'
  | 'random'
  | 'chosen'
  | 'selected'
  | 'dispersed'
  | 'calibrated'
  | 'restored'
  | 'best'
  | 'gated'
  | 'extrapolated'
  | 'guided'
  | 'truncated';

/**
 * An arm of a run: a kind, and settings in which it differs from the run's configuration, as `KIND@key=value@key=value`, e.g.
 * `corrected@gamma=1` beside `corrected@gamma=5`, or `uncorrected@regime=replace` beside `uncorrected@regime=accumulate`.
 */
export type ArmName = string;

export const ARMS: Readonly<Record<ArmKind, Arm>> = {
  baseline: { synthetic: false, meaning: 'trains on real samples alone, for as many steps' },
  uncorrected: { synthetic: true, meaning: 'trains on its own samples as they come' },
  placebo: {
    synthetic: true,
    corrector: 'placebo',
    matches: 'corrected',
    meaning: 'trains on its own samples, changed at random by as much as the correction changes them',
  },
  // What is left of the correction's gain when nothing is simulated.
  cleaned: {
    synthetic: true,
    corrector: 'cleaned',
    meaning: 'trains on its own samples, cleaned without a simulation',
  },
  corrected: {
    synthetic: true,
    corrector: 'configured',
    meaning: 'trains on its own samples, corrected (Gillman et al. 2024)',
  },
  // The control of selection: its cost and its fresh noise, without its choice.
  random: {
    synthetic: true,
    select: 'random',
    meaning: 'trains on its own samples, chosen at random from more candidates',
  },
  // They look at the real set: curation, not correction alone.
  chosen: {
    synthetic: true,
    select: 'transport',
    meaning: 'trains on its own samples, chosen from more candidates to match the real set',
  },
  selected: {
    synthetic: true,
    select: 'transport',
    corrector: 'configured',
    meaning: 'trains on corrected samples that were chosen from more candidates to match the real set',
  },
  dispersed: {
    synthetic: true,
    disperse: true,
    meaning: 'trains on its own samples, drawn more widely than the model would',
  },
  // Calibration looks at the moments of the real set; alone it is the control of what physics adds to it.
  calibrated: {
    synthetic: true,
    corrector: 'calibrated',
    meaning: 'trains on its own samples, brought to the moments of the real set',
  },
  restored: {
    synthetic: true,
    corrector: 'restored',
    meaning: 'trains on its own samples, brought to the moments of the real set and corrected',
  },
  best: {
    synthetic: true,
    select: 'best',
    meaning: 'trains on the best of K samples by a reward (Ferbach et al. 2024)',
  },
  gated: {
    synthetic: true,
    corrector: 'configured',
    gate: true,
    meaning: 'trains on corrected samples, without those that failed or score too low (Feng et al. 2024)',
  },
  extrapolated: {
    synthetic: true,
    cure: 'extrapolate',
    meaning:
      'trains as uncorrected, then moves its weights away from a copy trained on its samples alone (Neon)',
  },
  guided: {
    synthetic: true,
    cure: 'guide',
    meaning: 'trains as uncorrected, and samples away from a twin trained on its samples alone (SIMS)',
  },
  truncated: {
    synthetic: true,
    cure: 'truncate',
    meaning: 'trains on its own samples with a loss that leaves out what it is sure of (ForTIFAI)',
  },
};

/** The kind of an arm and its settings by key, as text. @throws LoopError ERR_RANGE */
export function parseArm(name: ArmName): { kind: ArmKind; settings: Record<string, string> } {
  const [kind, ...parts] = name.split('@');
  if (!Object.hasOwn(ARMS, kind))
    throw new LoopError(
      'ERR_RANGE',
      `Expected one of ${Object.keys(ARMS).join(', ')} for an arm but received ${kind}`,
    );
  const settings: Record<string, string> = {};
  for (const part of parts) {
    const [key, value, more] = part.split('=');
    if (!key || !value || more !== undefined || Object.hasOwn(settings, key))
      throw new LoopError(
        'ERR_RANGE',
        `Expected key=value behind @ for the arm ${name} but received ${part}`,
      );
    settings[key] = value;
  }
  return { kind: kind as ArmKind, settings };
}

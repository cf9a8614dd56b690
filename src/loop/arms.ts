/** How one arm makes its synthetic samples. All arms share generation 0, budgets, noise and evaluation. */
export interface Arm {
  /** False: trained on the real samples alone. */
  synthetic: boolean;
  /** Draw K candidates per sample and let the task's selector choose before correction. */
  select: boolean;
  /** The task's corrector of this name; undefined leaves the samples as they are. */
  corrector?: string;
  /** Arm whose correction of the same generation sets the amount of this one's. */
  matches?: ArmName;
}

export type ArmName = 'baseline' | 'uncorrected' | 'placebo' | 'corrected' | 'selected';

export const ARMS: Readonly<Record<ArmName, Arm>> = {
  /** Real samples only, for the same number of steps. */
  baseline: { synthetic: false, select: false },
  /** Own samples as they come. */
  uncorrected: { synthetic: true, select: false },
  /** Own samples, changed by as much as `corrected` changes its own, without the knowledge that is in a correction. */
  placebo: { synthetic: true, select: false, corrector: 'placebo', matches: 'corrected' },
  /** Own samples, corrected. */
  corrected: { synthetic: true, select: false, corrector: 'corrected' },
  /** The best of K times as many candidates, then corrected. It looks at the real set: curation, not correction alone. */
  selected: { synthetic: true, select: true, corrector: 'corrected' },
};

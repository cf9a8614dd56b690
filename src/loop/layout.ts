import type { PairedTests } from './paired-tests.js';

/**
 * What a run of the loop leaves in its output directory. Readers (the report, the tests, a notebook) rely on exactly this.
 *
 * ```
 * OUT/config.json                      {"format":1,"task":{"name","settings"},"config":LoopConfig}
 * OUT/protocol.json                    what the run was registered as before it began, see registration.ts; none for runs without a protocol
 * OUT/machine.json                     {"format":1,"sessions":[{"command","cpu",...}]}: what worked on it, see machine.ts; differs between equal runs
 * OUT/metrics.jsonl                    one Row a line, see below; a finished run has them in the order of the plan
 * OUT/tensorboard/seed-0/corrected/     the same metrics as a TensorBoard event file, one run a seed and arm
 * OUT/costs.jsonl                      one CostRow a line: wall-clock seconds; differs between equal runs
 * OUT/verdicts.json, OUT/report.html   what came of the registered claims, and the report; made from the files above
 * OUT/seed-0/gen-0000/                 generation 0 of seed 0, shared by all arms
 * OUT/seed-0/corrected/gen-0003/       generation 3 of the arm `corrected`
 *   record.json                        {"rows":Row[],"synthetic":number[]}: this unit's lines of metrics.jsonl, sizes of the sets in synthetic/
 *   provenance.json                    {"format":1,"generations":GenerationProvenance[]}: where its synthetic samples come from
 *   generator/                         the generator's own checkpoint files
 *   synthetic/                         what was added to the training set (only under regimes that remember)
 *   samples/                           what the task shows of this generation (see below for motion)
 *   manifest.json                      {"format":1,"files":{"record.json":{"bytes","sha256"},...}}, written last
 * OUT/evaluator.safetensors            what the motion task trained to evaluate; its hash is in the floor rows
 * OUT/run.lock                         names the process that is writing here; gone when it ends
 * ```
 * With `checkpointEvery` k > 1 only every k-th generation of an arm has a folder, which holds the rows, provenance and synthetic
 * samples of the k generations up to it. A directory that ends in `.tmp` was being written when the run was killed; it means nothing and is removed on resume.
 *
 * `samples/` of the motion task:
 * ```
 * samples.npy     float32 [M, T, 22, 3], metres, y up, 20 fps
 * samples.json    {"fps":20,"motions":[{"role","stage","item","label","caption","measures":{"penetrate","float","skate","physErr","jerk"}, "status"?, "residualForce"?}]}, one per motion of the array
 * ```
 * `stage` is `evaluation` (drawn from this generation's model), `before` / `after` (a synthetic motion that this generation was
 * trained on, before and after its correction; equal `item` means the same motion) or `real` (only in generation 0).
 * `role` is `best`, `median` or `worst` by phys-err among its stage (`before` and `after` are ranked by `before`), or `prompt`: one of
 * the few items that every generation of every arm shows (stages `evaluation` and `real`).
 */

/** Metric values by name. The motion task's names and units are in `src/metrics/index.ts`. */
export type Metrics = Record<string, number>;

/** The real-against-real value of every metric, at the sample count of the evaluation: mean and spread over redraws. */
export interface FloorRow {
  kind: 'floor';
  seed: number;
  count: number;
  metrics: Metrics;
  /** Standard deviation over redraws of the real samples. */
  spread: Metrics;
  /** SHA-256 of what was trained to evaluate (weights and version of the metrics), where something was. */
  evaluator?: string;
}

/** How much one evaluation varies: generation 0 evaluated `repeats` times with different sampling noise. */
export interface NoiseRow {
  kind: 'noise';
  seed: number;
  repeats: number;
  count: number;
  /** Mean over the repeats. */
  metrics: Metrics;
  /** Standard deviation over the repeats: the noise of one evaluation. */
  spread: Metrics;
}

/**
 * What a corrector says of all that it saw in one generation: the synthetic set, or the candidates it is chosen from (`selectAfter`
 * correction). The motion task gives `status` (how many motions ended in each
 * status), `residual` (body weights, mean), `distance` (mm, mean root-relative displacement), `fidBefore`, `fidAfter`,
 * `physErrBefore`, `physErrAfter`, `speedRatio`, `jerkRatio` (after / before).
 */
export interface CorrectionReport {
  status: Record<string, number>;
  [name: string]: number | Record<string, number>;
}

/** What selection and gates say: `candidates`, for a gate `kept`, for a reward `reward` and `chosenReward` (means); the motion task gives `candidates`, `cost`, `costFirst` (mean squared distance to the real partner, chosen / first n), `poolDistance`, `chosenDistance` (Frechet distance to the real set in selection space). */
export type SelectionReport = Record<string, number>;

/** One generation of one arm. Generation 0 is shared by all arms and has `arm: null`. */
export interface GenerationRow {
  kind: 'generation';
  seed: number;
  arm: string | null;
  generation: number;
  /** Mean training loss of this generation. It may fall while the model collapses: it is no alarm. */
  loss: number;
  /** Those that the generation was evaluated by; without samples only what the model says of itself, if anything. */
  metrics: Metrics;
  /** False where `evaluateEvery` leaves this generation out: no samples were drawn to evaluate it. */
  evaluated?: false;
  /** How many real and synthetic samples it was trained on. */
  trainedOn?: { real: number; synthetic: number };
  correction?: CorrectionReport;
  selection?: SelectionReport;
}

/**
 * Least-squares slope of a metric per generation with its 95 % interval (t distribution). `seed: null` is the mean slope over
 * seeds, its interval from the spread between seeds (only with two seeds or more).
 */
export interface SummaryRow {
  kind: 'summary';
  seed: number | null;
  arm: string;
  metric: string;
  slope: number;
  interval: [number, number];
  /** First and last generation of the fit. */
  generations: [number, number];
}

/** Paired difference `arm - against` over seeds, 95 % interval (t distribution); only with two seeds or more. */
export interface DifferenceRow {
  kind: 'difference';
  arm: string;
  against: string;
  metric: string;
  /** `slope`: of the slopes; `last`: of the last generation's values. */
  quantity: 'slope' | 'last';
  difference: number;
  interval: [number, number];
  seeds: number;
  /** In how many seeds `arm` is lower than `against`. */
  lower: number;
  /** Two-sided p-values; see `paired-tests.ts`. They are of one comparison each, not corrected for their number. */
  p: PairedTests;
}

/**
 * The rate at which a distance goes on from one generation to the next, with its 95 % interval: over seeds, or of the fit where there
 * is one. Above 1 it grows by itself.
 */
export interface ContractionRow {
  kind: 'contraction';
  arm: string;
  metric: string;
  rate: number;
  interval: [number, number];
  seeds: number;
}

/** A sign of collapse. */
export type AlarmRow =
  /** The level of a metric changed for the worse at this generation (the first after the change) by `shift`. */
  | {
      kind: 'alarm';
      sign: 'change point';
      seed: number;
      arm: string;
      metric: string;
      generation: number;
      shift: number;
      p: number;
    }
  /** The whole interval of a contraction rate lies above 1. */
  | { kind: 'alarm'; sign: 'rate'; seed: null; arm: string; metric: string; rate: number };

/** A closed form of one metric of one arm, beside what was measured at the last generation. */
export interface TheoryRow {
  kind: 'theory';
  arm: string;
  metric: string;
  /** The formula. */
  name: string;
  source?: string;
  of: 'mean' | 'median' | 'upper bound';
  /** Its value at generation 0, 1, ... */
  values: number[];
  /** Its last value; what was measured there, with its standard error over seeds. */
  expected: number;
  measured: number;
  error?: number;
  seeds: number;
  /** Left out where the seeds are too few for a verdict. */
  pass?: boolean;
}

export type Row =
  | FloorRow
  | NoiseRow
  | GenerationRow
  | SummaryRow
  | DifferenceRow
  | ContractionRow
  | AlarmRow
  | TheoryRow;

/** Wall-clock seconds of one unit by stage; stages a unit does not have are left out. */
export interface CostRow {
  seed: number;
  arm: string | null;
  generation: number;
  prepare?: number;
  sample?: number;
  select?: number;
  correct?: number;
  train?: number;
  evaluate?: number;
  checkpoint?: number;
}

export const CONFIG_FILE = 'config.json';
export const PROTOCOL_FILE = 'protocol.json';
export const MACHINE_FILE = 'machine.json';
export const VERDICTS_FILE = 'verdicts.json';
export const METRICS_FILE = 'metrics.jsonl';
export const COSTS_FILE = 'costs.jsonl';
export const MANIFEST_FILE = 'manifest.json';
export const RECORD_FILE = 'record.json';
export const PROVENANCE_FILE = 'provenance.json';

/** Directory of one generation, relative to OUT: `seed-0/gen-0000` or `seed-0/corrected/gen-0003`. */
export function generationDirectory(seed: number, arm: string | null, generation: number): string {
  const name = `gen-${String(generation).padStart(4, '0')}`;
  return arm === null ? `seed-${seed}/${name}` : `seed-${seed}/${arm}/${name}`;
}

import { correctorName, rewardName, scores } from './abilities.js';
import type { ArmSettings } from './config.js';
import { LoopError } from './errors.js';
import type { Stage } from './events.js';
import type { CorrectionReport, SelectionReport } from './layout.js';
import { column, noteColumns, type SampleProvenance } from './provenance.js';
import { correctedPositions, syntheticItems } from './regime.js';
import { drawSeed } from './seeds.js';
import type { Generator, Progress, SampleNote, Task, Trial } from './task.js';

/** What making one generation's synthetic samples needs. */
export interface Workshop<S> {
  task: Task<S>;
  trial: Trial<S>;
  generator: Generator<S>;
  settings: ArmSettings;
  seed: number;
  generation: number;
  signal: AbortSignal;
  /** Times and announces a stage. */
  stage: StageRunner;
}
export type StageRunner = <R>(name: Stage, work: (onProgress: Progress) => Promise<R>) => Promise<R>;

/** One generation's synthetic samples and all that is known of them. */
export interface Synthesis<S> {
  samples: S;
  correction?: CorrectionReport;
  selection?: SelectionReport;
  /** What the corrector saw and made of it. */
  corrected?: { before: S; after: S; report: CorrectionReport };
  provenance: Omit<SampleProvenance, 'drawnFrom'>;
}

/**
 * Draws, selects, corrects and gates, in this order; undefined where the arm has no synthetic samples.
 * @param matched the report of the arm that this one's correction is matched to
 */
export async function synthesise<S>(
  shop: Workshop<S>,
  matched: CorrectionReport | undefined,
): Promise<Synthesis<S> | undefined> {
  const { generator, settings, seed, generation, signal, stage } = shop;
  const { arm, n, lambda, candidates } = settings;
  const items = arm.synthetic ? syntheticItems(n, lambda, seed, generation) : new Int32Array(0);
  if (items.length === 0) return undefined;
  const copies = arm.select ? candidates : 1;
  const drawn = Int32Array.from({ length: items.length * copies }, (_, i) => items[i % items.length]);
  const draw = drawSeed(seed, 'synthesise', generation);
  const pool = await stage('sample', (onProgress) =>
    generator.sample(drawn, { seed: draw, signal, onProgress }),
  );
  const result: Synthesis<S> = {
    samples: pool,
    provenance: { seed: draw, count: items.length, item: column(items) },
  };
  if (arm.select) await choose(shop, items, result);
  const notes = arm.corrector ? await correct(shop, result, matched) : [];
  if (arm.gate) await gate(shop, result, notes);
  return result;
}

/** One of each item's candidates. */
async function choose<S>(shop: Workshop<S>, items: Int32Array, result: Synthesis<S>): Promise<void> {
  const { task, trial, settings, seed, generation, signal, stage } = shop;
  const pool = result.samples;
  if (settings.arm.select === 'transport') {
    const { selector } = trial;
    if (!selector) throw lacks(shop, 'a selector');
    const choice = await stage('select', (onProgress) =>
      selector.select(pool, items, { seed, generation, signal, onProgress }),
    );
    result.selection = choice.report;
    result.provenance.draw = column(choice.chosen);
    result.samples = task.take(pool, choice.chosen);
    return;
  }
  const values = await rewards(shop, pool);
  const best = Int32Array.from(items, (_, i) => {
    let place = i;
    for (let j = i; j < values.length; j += items.length) if (values[j] > values[place]) place = j;
    return place;
  });
  const mean = (list: ArrayLike<number>): number =>
    Array.from(list).reduce((sum, value) => sum + value, 0) / list.length;
  const chosen = Float64Array.from(best, (place) => values[place]);
  result.selection = { candidates: values.length, reward: mean(values), chosenReward: mean(chosen) };
  result.provenance.draw = column(best);
  result.provenance.reward = rewardName(settings, task.abilities);
  result.provenance.rewards = column(chosen);
  result.samples = task.take(pool, best);
}

/** Replaces the samples that gamma chooses by their corrections; returns what the corrector said of each sample, if anything. */
async function correct<S>(
  shop: Workshop<S>,
  result: Synthesis<S>,
  matched: CorrectionReport | undefined,
): Promise<(SampleNote | undefined)[]> {
  const { task, trial, settings, seed, generation, signal, stage } = shop;
  const { gamma } = settings;
  const name = correctorName(settings, task.abilities) ?? '';
  const corrector = trial.corrector(name);
  if (!corrector) throw lacks(shop, `a corrector "${name}"`);
  const { provenance } = result;
  const { count } = provenance;
  const positions = correctedPositions(
    count,
    corrector.ownGamma ? Number.POSITIVE_INFINITY : gamma,
    seed,
    generation,
  );
  const notes: (SampleNote | undefined)[] = new Array(count).fill(undefined);
  provenance.corrector = name;
  const seen = new Set(positions);
  provenance.corrected = column(Array.from(notes, (_, i): 0 | 1 => (seen.has(i) ? 1 : 0)));
  if (positions.length === 0) return notes;
  const before = positions.length === count ? result.samples : task.take(result.samples, positions);
  const made = await stage('correct', (onProgress) =>
    corrector.correct(before, { seed, generation, gamma, matched, signal, onProgress }),
  );
  for (const [what, size] of [
    ['samples', task.size(made.samples)],
    ['notes', made.notes?.length ?? positions.length],
  ] as const)
    if (size !== positions.length)
      throw new LoopError(
        'ERR_TASK',
        `Expected ${positions.length} ${what} from the corrector ${name} but received ${size}`,
      );
  made.notes?.forEach((note, i) => {
    notes[positions[i]] = note;
  });
  if (made.notes) Object.assign(provenance, noteColumns(made.notes, positions, count));
  result.correction = made.report;
  result.corrected = { before, after: made.samples, report: made.report };
  result.samples =
    positions.length === count ? made.samples : replaceAt(task, result.samples, positions, made.samples);
  return notes;
}

/** Leaves out what could not be corrected or scores too low. */
async function gate<S>(
  shop: Workshop<S>,
  result: Synthesis<S>,
  notes: readonly (SampleNote | undefined)[],
): Promise<void> {
  const { task, settings } = shop;
  const { minimumReward } = settings;
  const values = scores(settings) ? await rewards(shop, result.samples) : undefined;
  const passes = Array.from(
    { length: result.provenance.count },
    (_, i) => notes[i]?.ok !== false && (values === undefined || values[i] >= (minimumReward as number)),
  );
  if (values) {
    result.provenance.reward = rewardName(settings, task.abilities);
    result.provenance.rewards = column(values);
  }
  result.provenance.kept = column(passes.map((pass): 0 | 1 => (pass ? 1 : 0)));
  const kept = Int32Array.from(passes.keys()).filter((i) => passes[i]);
  result.selection = { ...result.selection, candidates: passes.length, kept: kept.length };
  if (kept.length < passes.length) result.samples = task.take(result.samples, kept);
}

function rewards<S>(shop: Workshop<S>, samples: S): Promise<Float64Array> {
  const { task, trial, settings, stage } = shop;
  const name = rewardName(settings, task.abilities) ?? '';
  const reward = trial.reward?.(name);
  if (!reward) throw lacks(shop, `a reward "${name}"`);
  return stage('select', async () => {
    const values = await reward(samples);
    const bad = values.findIndex((value) => Number.isNaN(value));
    if (values.length !== task.size(samples) || bad >= 0)
      throw new LoopError(
        'ERR_TASK',
        `Expected ${task.size(samples)} numbers from the reward ${name} but received ${bad >= 0 ? 'NaN' : values.length}`,
      );
    return values;
  });
}

const lacks = <S>({ task, settings }: Workshop<S>, what: string): LoopError =>
  new LoopError(
    'ERR_TASK',
    `Expected a task with ${what} for the arm ${settings.name} but received ${task.name}`,
  );

/** `samples` with those at `positions` replaced by `others`. */
function replaceAt<S>(task: Task<S>, samples: S, positions: Int32Array, others: S): S {
  const count = task.size(samples);
  const order = Int32Array.from({ length: count }, (_, i) => i);
  positions.forEach((position, k) => {
    order[position] = count + k;
  });
  return task.take(task.concat([samples, others]), order);
}

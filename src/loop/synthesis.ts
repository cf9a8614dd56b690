import { Random } from '../random/random.js';
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
  /** What was corrected, as it was drawn: all candidates where the choice comes later, and what a gate left out. */
  drawn: S;
  correction?: CorrectionReport;
  selection?: SelectionReport;
  /** What the corrector saw and made of it. */
  corrected?: { before: S; after: S; report: CorrectionReport };
  provenance: Omit<SampleProvenance, 'drawnFrom'>;
}

/**
 * Draws, selects, corrects and gates, in this order, or corrects before it selects (`selectAfter`); undefined where the arm has no
 * synthetic samples.
 * @param matched the report of the arm that this one's correction is matched to
 */
export async function synthesise<S>(
  shop: Workshop<S>,
  matched: CorrectionReport | undefined,
): Promise<Synthesis<S> | undefined> {
  const { generator, settings, seed, generation, signal, stage } = shop;
  const { arm, n, lambda, candidates, dispersion } = settings;
  const items = arm.synthetic ? syntheticItems(n, lambda, seed, generation) : new Int32Array(0);
  if (items.length === 0) return undefined;
  const copies = arm.select ? candidates : 1;
  const drawn = Int32Array.from({ length: items.length * copies }, (_, i) => items[i % items.length]);
  const draw = drawSeed(seed, 'synthesise', generation);
  const wider = arm.disperse && dispersion > 0 ? { dispersion } : {};
  const pool = await stage('sample', (onProgress) =>
    generator.sample(drawn, { seed: draw, ...wider, signal, onProgress }),
  );
  const result: Synthesis<S> = {
    samples: pool,
    drawn: pool,
    provenance: { seed: draw, ...wider, count: items.length, item: column(items) },
  };
  const last = arm.corrector !== undefined && settings.selectAfter === 'correction';
  if (arm.select && !last) await choose(shop, items, result);
  result.drawn = result.samples;
  let corrections = arm.corrector ? await correct(shop, result, matched) : undefined;
  if (arm.select && last) corrections = pick(shop.task, corrections, await choose(shop, items, result));
  const notes = corrections ? record(corrections, result) : [];
  if (arm.gate) await gate(shop, result, notes);
  return result;
}

/** Leaves one of each item's candidates; returns their positions. */
async function choose<S>(shop: Workshop<S>, items: Int32Array, result: Synthesis<S>): Promise<Int32Array> {
  const { task, trial, settings, seed, generation, signal, stage } = shop;
  const pool = result.samples;
  const { provenance } = result;
  let chosen: Int32Array;
  if (settings.arm.select === 'transport') {
    const { selector } = trial;
    if (!selector) throw lacks(shop, 'a selector');
    const choice = await stage('select', (onProgress) =>
      selector.select(pool, items, { seed, generation, signal, onProgress }),
    );
    chosen = choice.chosen;
    result.selection = choice.report;
    provenance.draw = column(chosen);
  } else if (settings.arm.select === 'random') {
    chosen = Int32Array.from(
      items,
      (_, i) =>
        i + items.length * new Random(seed, 'random candidate', generation, i).integer(settings.candidates),
    );
    result.selection = { candidates: task.size(pool) };
    provenance.draw = column(chosen);
  } else {
    const values = await rewards(shop, pool);
    chosen = Int32Array.from(items, (_, i) => {
      let place = i;
      for (let j = i; j < values.length; j += items.length) if (values[j] > values[place]) place = j;
      return place;
    });
    const mean = (list: ArrayLike<number>): number =>
      Array.from(list).reduce((sum, value) => sum + value, 0) / list.length;
    const best = Float64Array.from(chosen, (place) => values[place]);
    result.selection = { candidates: values.length, reward: mean(values), chosenReward: mean(best) };
    provenance.draw = column(chosen);
    provenance.reward = rewardName(settings, task.abilities);
    provenance.rewards = column(best);
  }
  result.samples = task.take(pool, chosen);
  return chosen;
}

/** What a corrector made of some of a set's samples. */
interface Corrections<S> {
  corrector: string;
  /** Which samples of the set it saw. */
  positions: Int32Array;
  /** What it says of each; none where it says nothing. */
  notes?: readonly SampleNote[];
  /** Absent where it saw none. */
  sets?: { before: S; after: S; report: CorrectionReport };
}

/** Replaces the samples that gamma chooses by their corrections. */
async function correct<S>(
  shop: Workshop<S>,
  result: Synthesis<S>,
  matched: CorrectionReport | undefined,
): Promise<Corrections<S>> {
  const { task, trial, settings, seed, generation, signal, stage } = shop;
  const { gamma } = settings;
  const name = correctorName(settings, task.abilities) ?? '';
  const corrector = trial.corrector(name);
  if (!corrector) throw lacks(shop, `a corrector "${name}"`);
  const count = task.size(result.samples);
  const positions = correctedPositions(
    count,
    corrector.ownGamma ? Number.POSITIVE_INFINITY : gamma,
    seed,
    generation,
  );
  if (positions.length === 0) return { corrector: name, positions };
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
  result.samples =
    positions.length === count ? made.samples : replaceAt(task, result.samples, positions, made.samples);
  const { notes, report } = made;
  return { corrector: name, positions, notes, sets: { before, after: made.samples, report } };
}

/** The corrections of the samples that were chosen, in their order; the report stays that of all. */
function pick<S>(
  task: Task<S>,
  corrections: Corrections<S> | undefined,
  chosen: Int32Array,
): Corrections<S> | undefined {
  if (!corrections) return undefined;
  const { corrector, positions, notes, sets } = corrections;
  const placeOf = new Map(Array.from(positions, (position, k) => [position, k]));
  const kept = Int32Array.from(chosen.keys()).filter((i) => placeOf.has(chosen[i]));
  const places = kept.map((i) => placeOf.get(chosen[i]) as number);
  return {
    corrector,
    positions: kept,
    notes: notes && Array.from(places, (k) => notes[k]),
    sets: sets && {
      before: task.take(sets.before, places),
      after: task.take(sets.after, places),
      report: sets.report,
    },
  };
}

/** Writes down what was corrected; returns what the corrector said of each sample, if anything. */
function record<S>(corrections: Corrections<S>, result: Synthesis<S>): (SampleNote | undefined)[] {
  const { corrector, positions, notes = [], sets } = corrections;
  const { provenance } = result;
  const { count } = provenance;
  const said: (SampleNote | undefined)[] = new Array(count).fill(undefined);
  notes.forEach((note, i) => {
    said[positions[i]] = note;
  });
  const seen = new Set(positions);
  provenance.corrector = corrector;
  provenance.corrected = column(Array.from(said, (_, i): 0 | 1 => (seen.has(i) ? 1 : 0)));
  if (corrections.notes) Object.assign(provenance, noteColumns(notes, positions, count));
  result.correction = sets?.report;
  // Gamma may have left all of the chosen ones as they came.
  if (sets && positions.length > 0) result.corrected = sets;
  return said;
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

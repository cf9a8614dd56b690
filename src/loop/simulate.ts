import { checkAbilities } from './abilities.js';
import { ARMS, type ArmName, parseArm } from './arms.js';
import { armSettings, type LoopConfig, resolveConfig } from './config.js';
import type { Fs } from './fs.js';
import { initialGeneration, nextGeneration } from './generation.js';
import type { CorrectionReport, GenerationRow, Row } from './layout.js';
import { remembers } from './regime.js';
import { drawSeed } from './seeds.js';
import type { StageRunner } from './synthesis.js';
import type { Generator, Task } from './task.js';

export interface SimulateOptions {
  signal?: AbortSignal;
  /** False leaves out the baseline where the configuration does not name it; the other arms' rows are the same. */
  baseline?: boolean;
  /** Called with each seed's rows when it is finished. Where it is given, the rows are handed over here and not returned. */
  onSeed?: (seed: number, rows: Row[]) => void;
}

/**
 * The loop purely in memory: the engine's own generations with its random keys, so the same rows of kind `floor`, `noise` and `generation`
 * in the same order as {@link runLoop} gives, but no files, no checkpoints, no provenance and no resume. For tasks that take
 * microseconds a generation, where writing a checkpoint would be all of the time.
 * @throws LoopError ERR_RANGE, ERR_TASK; whatever the task throws; `signal.reason`
 */
export async function simulate<S>(
  task: Task<S>,
  partial: Partial<LoopConfig>,
  { signal, baseline = true, onSeed }: SimulateOptions = {},
): Promise<Row[]> {
  const config = resolveConfig(partial);
  checkAbilities(task, config);
  if (!baseline && partial.arms) config.arms = [...partial.arms];
  const rows: Row[] = [];
  for (const seed of config.seeds) {
    const own = await simulateSeed(task, config, seed, signal ?? new AbortController().signal);
    if (onSeed) onSeed(seed, own);
    else rows.push(...own);
  }
  return rows;
}

async function simulateSeed<S>(
  task: Task<S>,
  config: LoopConfig,
  seed: number,
  signal: AbortSignal,
): Promise<Row[]> {
  const { n, evaluationCount, arms, generations } = config;
  const trial = await task.open(seed, { n, evaluationCount, signal });
  const settingsOf = new Map(arms.map((name) => [name, armSettings(config, name)]));
  const keepOptimizer = [...settingsOf.values()].some(({ optimizer }) => optimizer === 'keep');
  const newGenerator = (key: number): Promise<Generator<S>> =>
    trial.createGenerator({ seed: key, keepOptimizer, signal });
  const open: Generator<S>[] = [];
  try {
    const first = await newGenerator(drawSeed(seed, 'initial', 0));
    open.push(first);
    const shared = { around: { task, trial, config, signal }, seed, stage, parent: '' };
    const rows = [...(await initialGeneration({ ...shared, generation: 0, generator: first })).rows];
    const store = new Store();
    await first.save('generator', store);

    const held = new Map<ArmName, Generator<S>>();
    const histories = new Map<ArmName, S[]>();
    for (const name of arms) {
      const generator = await newGenerator(drawSeed(seed, 'initial', 0));
      open.push(generator);
      await generator.restore('generator', store);
      held.set(name, generator);
      histories.set(name, []);
    }
    // An arm that is matched to another comes after it.
    const twinOf = (name: ArmName): ArmName | undefined => matchedArm(name, arms);
    const order = [...arms].sort((a, b) => Number(twinOf(a) !== undefined) - Number(twinOf(b) !== undefined));
    for (let generation = 1; generation <= generations; generation++) {
      signal.throwIfAborted();
      const made = new Map<ArmName, Row[]>();
      for (const name of order) {
        const settings = settingsOf.get(name)!;
        const history = histories.get(name)!;
        const twin = twinOf(name);
        const result = await nextGeneration({
          ...shared,
          generation,
          generator: held.get(name)!,
          settings,
          history,
          matched: twin === undefined ? undefined : correctionOf(made.get(twin)!),
          async renew() {
            const generator = await newGenerator(drawSeed(seed, 'initial', generation));
            open.push(generator);
            held.set(name, generator);
            return generator;
          },
        });
        made.set(name, result.rows);
        if (remembers(settings.regime) && result.synthetic !== undefined) history.push(result.synthetic);
      }
      for (const name of arms) rows.push(...made.get(name)!);
    }
    return rows;
  } finally {
    for (const generator of open) await generator.close();
    await trial.close?.();
  }
}

const nothing = (): void => {};
const stage: StageRunner = (_name, work) => work(nothing);

/** The arm of this run that an arm's correction is matched to, e.g. `corrected@gamma=1` for `placebo@gamma=1`. */
function matchedArm(name: ArmName, arms: readonly ArmName[]): ArmName | undefined {
  const { kind } = parseArm(name);
  const { matches } = ARMS[kind];
  const twin = matches && name.replace(kind, matches);
  return twin !== undefined && arms.includes(twin) ? twin : undefined;
}

const correctionOf = (rows: readonly Row[]): CorrectionReport | undefined =>
  rows.find((row): row is GenerationRow => row.kind === 'generation')?.correction;

/** Files of a generator's state, in memory. */
class Store implements Fs {
  private readonly files = new Map<string, Uint8Array>();

  async mkdir(): Promise<void> {}
  async list(path: string): Promise<string[]> {
    const names = [...this.files.keys()].filter((file) => file.startsWith(`${path}/`));
    return names.map((file) => file.slice(path.length + 1)).sort();
  }
  async read(path: string): Promise<Uint8Array | undefined> {
    return this.files.get(path);
  }
  async write(path: string, data: Uint8Array): Promise<void> {
    this.files.set(path, Uint8Array.from(data));
  }
  async create(path: string, data: Uint8Array): Promise<boolean> {
    if (this.files.has(path)) return false;
    await this.write(path, data);
    return true;
  }
  async append(path: string, data: Uint8Array): Promise<void> {
    await this.write(path, Buffer.concat([this.files.get(path) ?? new Uint8Array(0), data]));
  }
  async sync(): Promise<void> {}
  async rename(from: string, to: string): Promise<void> {
    const data = this.files.get(from);
    if (!data) return;
    this.files.delete(from);
    this.files.set(to, data);
  }
  async remove(path: string): Promise<void> {
    this.files.delete(path);
  }
}

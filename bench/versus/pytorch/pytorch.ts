/**
 * Training steps of ours against PyTorch's (Debian's python3-torch with OpenBLAS), on 2 cores: the same model, weights and
 * shapes, each side drawing its own noise; ours with the making of its batches, PyTorch's with batches at hand. One side
 * computes at a time, ours, theirs, ours, theirs; a model is closed before the next is opened.
 */
import { MODEL_SIZES, type ModelSize, MotionDiffusion } from '../../../src/generator/index.js';
import { type Gate, interleave, median, writeCsv } from '../../results.js';
import {
  type Alone,
  aloneBench,
  costOf,
  memoryGrowth,
  type Ratio,
  ratioOf,
  samplingBench,
  THREADS,
} from './alone.js';
import { hasPytorch, Pytorch, type Threads, type Times } from './client.js';
import { configOf, dataOf, filesOf, OPTIONS } from './sizes.js';

/** PyTorch's fastest setting here; with more threads for its own loops its two pools get in each other's way. */
const BEST: Threads = { omp: 1, blas: 2 };
const OTHERS: readonly Threads[] = [
  { omp: 1, blas: 1 },
  { omp: 2, blas: 1 },
  { omp: 2, blas: 2 },
];

/** Rounds, and steps of each side in a round. */
interface Effort {
  rounds: number;
  steps: number;
}
const EFFORTS: Record<ModelSize, Effort> = {
  S: { rounds: 9, steps: 8 },
  M: { rounds: 7, steps: 4 },
  full: { rounds: 5, steps: 2 },
};
const QUICK: Effort = { rounds: 2, steps: 4 };

const BARS: Record<ModelSize, [gate: number, goal: number]> = {
  S: [1.2, 1],
  M: [1.4, 1.1],
  full: [1.4, 1.1],
};

const each = (times: Times) => ({ wall: mean(times.wall), cpu: mean(times.cpu) });
const mean = (values: number[]): number => values.reduce((sum, value) => sum + value) / values.length;
const show = ({ wall, cpu, bestWall, bestCpu }: Ratio): string =>
  `clock ${wall.toFixed(2)}, of the best rounds ${bestWall.toFixed(2)}; processor time ${cpu.toFixed(2)}, ${bestCpu.toFixed(2)}`;

/** PyTorch with a model in it, or why there is none worth comparing with. */
async function usable(): Promise<string | undefined> {
  if (!hasPytorch()) return 'no PyTorch here: apt-get install python3-torch libopenblas0-pthread';
  const torch = Pytorch.start(BEST);
  const { torch: version, blas } = await torch.about();
  await torch.close();
  if (!blas.some((name) => name.includes('openblas')))
    return `PyTorch ${version} multiplies with ${blas.join(', ')}, which is no opponent: apt-get install libopenblas0-pthread`;
  console.log(
    `\ntraining steps against PyTorch ${version} with ${blas.find((name) => name.includes('openblas'))}`,
  );
  return undefined;
}

async function compare(size: ModelSize, { rounds, steps }: Effort): Promise<Ratio> {
  const config = configOf(size);
  const model = await MotionDiffusion.create(config, { threads: THREADS, provider: 'cpu' });
  const torch = Pytorch.start(BEST);
  const { weights, batches, remove } = await filesOf(model);
  try {
    const data = dataOf(config);
    const { parameters } = await torch.open(config, OPTIONS, weights);
    if (parameters !== model.parameterCount)
      throw new Error(
        `Expected ${model.parameterCount} parameters for PyTorch's ${size} but received ${parameters}`,
      );
    const runs = [
      () => costOf(steps, () => model.train(data, { ...OPTIONS, steps })),
      async () => each(await torch.train(batches, steps, false)),
    ];
    for (const run of runs) await run();
    const [ours, theirs] = await interleave(rounds, runs);
    const ratio = ratioOf(ours, theirs);
    const ms = (of: typeof ours) =>
      `${median(of.map(({ wall }) => wall)).toFixed(0)} ms (processor ${median(of.map(({ cpu }) => cpu)).toFixed(0)})`;
    console.log(`  ${size.padEnd(4)} ours ${ms(ours)}, PyTorch ${ms(theirs)}: ${show(ratio)}`);
    return ratio;
  } finally {
    await torch.close();
    await model.close();
    remove();
  }
}

/** Steps of model S by PyTorch in other settings of its threads, against its best one. */
async function settings(): Promise<void> {
  const model = await MotionDiffusion.create(configOf('S'), { provider: 'cpu' });
  const { weights, batches, remove } = await filesOf(model);
  await model.close();
  const times: string[] = [];
  for (const threads of [BEST, ...OTHERS]) {
    const torch = Pytorch.start(threads);
    await torch.open(configOf('S'), OPTIONS, weights);
    await torch.train(batches, 1, false);
    const { wall } = await torch.train(batches, 4, false);
    await torch.close();
    times.push(`${threads.omp} and ${threads.blas}: ${median(wall).toFixed(0)} ms`);
  }
  remove();
  console.log(`  PyTorch's S by threads of its loops and of OpenBLAS: ${times.join(', ')}`);
}

export async function pytorchBench(quick: boolean): Promise<Gate[]> {
  const reason = await usable();
  if (reason) console.log(`\n${reason}`);
  const sizes = (quick ? ['S'] : Object.keys(MODEL_SIZES)) as ModelSize[];
  const ratios = new Map<ModelSize, Ratio>();
  if (!reason) {
    for (const size of sizes) ratios.set(size, await compare(size, quick ? QUICK : EFFORTS[size]));
    if (!quick) await settings();
  }
  const alone = await aloneBench(quick ? 2 : 7);
  const seconds = await samplingBench(quick ? 1 : 3);
  const growth = quick ? undefined : memoryGrowth();

  const gates: Gate[] = [];
  const less = (name: string, value: number, bar: number, goal: number, unit: string, note?: string) =>
    gates.push({ name, value, bar, goal, unit, more: false, note });
  for (const [size, ratio] of ratios)
    less(`training step of ${size}, ours over PyTorch`, ratio.wall, ...BARS[size], 'x', show(ratio));
  const rows: [keyof Alone, string, number, number][] = [
    ['step', 'forward + backward + update over forward', 3.5, 3],
    ['scan', 'a step of 8 in a run over one alone', 1, 0.92],
    ['noise', 'noise made in the graph over noise fed', 1.05, 1],
  ];
  for (const [key, name, bar, goal] of rows) less(name, alone[key].wall, bar, goal, 'x', show(alone[key]));
  if (growth !== undefined)
    less(
      'memory after 2,000 steps over after 200',
      growth,
      1.05,
      1.02,
      'x',
      'motions of 40 frames, V8 nursery held small',
    );
  less('64 motions of 3 s, S, 20 guided DDIM steps', seconds, 20, 8, 's');
  if (!quick)
    writeCsv(
      'pytorch',
      ['what', 'value', 'unit', 'gate', 'goal', 'detail'],
      gates.map(({ name, value, unit, bar, goal = '', note = '' }) => [name, value, unit, bar, goal, note]),
    );
  return gates;
}

/** What a training costs beside its own: more than the forward half, single steps for many, noise, memory; and sampling. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { denoise } from '../../../src/generator/diffusion/denoiser.js';
import { motionModel } from '../../../src/generator/diffusion/motion-model.js';
import { type BatchSource, type HostTensor, MotionDiffusion, Trainer } from '../../../src/generator/index.js';
import { mean, type RandomStream, type Value } from '../../../src/graph/index.js';
import { Random } from '../../../src/random/random.js';
import { interleave, median, pairedRatio } from '../../results.js';
import { BATCH, configOf, dataOf, OPTIONS } from './sizes.js';

export const THREADS = 2;
/** Frames of the motions whose training is watched for leaks: short, as 2,000 steps are many. */
const LEAK_FRAMES = 40;

/** Milliseconds of one step, on the clock and of processor time. */
export interface Cost {
  wall: number;
  cpu: number;
}

export async function costOf(steps: number, work: () => Promise<unknown>): Promise<Cost> {
  const [started, spent] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(spent);
  return { wall: (performance.now() - started) / steps, cpu: (user + system) / 1000 / steps };
}

export interface Ratio {
  /** Medians over the rounds of one over the other in the same round. */
  wall: number;
  cpu: number;
  /** Of the fastest rounds. */
  bestWall: number;
  bestCpu: number;
}

export function ratioOf(of: Cost[], to: Cost[]): Ratio {
  const best = (costs: Cost[], key: keyof Cost) => Math.min(...costs.map((cost) => cost[key]));
  return {
    wall: pairedRatio(of, to, ({ wall }) => wall),
    cpu: pairedRatio(of, to, ({ cpu }) => cpu),
    bestWall: best(of, 'wall') / best(to, 'wall'),
    bestCpu: best(of, 'cpu') / best(to, 'cpu'),
  };
}

/** Batches of model S, each step's the same, with the noise of a step if it is not to be made in the graph. */
function fixedBatches(fed: boolean): BatchSource {
  const { frames, features } = configOf('S');
  const random = new Random(2);
  const floats = () => random.normals(new Float32Array(BATCH * frames * features));
  const [clean, noise] = [floats(), floats()];
  return (_, steps) => {
    const repeated = (one: Float32Array): HostTensor => {
      const data = new Float32Array(steps * one.length);
      for (let step = 0; step < steps; step++) data.set(one, step * one.length);
      return { dtype: 'float32', shape: [steps, BATCH, frames, features], data };
    };
    const integers = (of: (i: number) => number): HostTensor => ({
      dtype: 'int64',
      shape: [steps, BATCH],
      data: BigInt64Array.from({ length: steps * BATCH }, (_, i) => BigInt(of(i % BATCH))),
    });
    const inputs: Record<string, HostTensor> = {
      clean: repeated(clean),
      timesteps: integers((i) => 120 * i),
      condition: integers((i) => i),
    };
    if (fed) inputs.noise = repeated(noise);
    return { steps, inputs };
  };
}

/** Model S whose noise comes with the batch. */
function fedModel() {
  const row = new Float32Array(configOf('S').features);
  const { parameters, loss } = motionModel(
    configOf('S'),
    row,
    row.map(() => 1),
  );
  return {
    parameters,
    loss: (...[p, inputs]: Parameters<typeof loss>) =>
      loss(p, inputs, { normals: () => inputs.noise, dropout: (x: Value) => x } as unknown as RandomStream),
  };
}

export interface Alone {
  /** Forward, backward and update over forward. */
  step: Ratio;
  /** A step of eight in one run over one that is a run of its own. */
  scan: Ratio;
  /** A step that makes its noise over one that is given it. */
  noise: Ratio;
}

/** Ratios of ours to ours, model S. */
export async function aloneBench(rounds: number): Promise<Alone> {
  const row = new Float32Array(configOf('S').features);
  const config = configOf('S');
  const options = { threads: THREADS, provider: 'cpu' } as const;
  const made = await Trainer.create(
    motionModel(
      config,
      row,
      row.map(() => 1),
    ),
    options,
  );
  const fed = await Trainer.create(fedModel(), options);
  try {
    const steps = 8;
    const train = (trainer: Trainer, stepsPerRun: number) => {
      const source = fixedBatches(trainer === fed);
      const { lr, emaDecay, clip } = OPTIONS;
      return () => costOf(steps, () => trainer.train(source, { steps, lr, emaDecay, clip, stepsPerRun }));
    };
    const { inputs } = await fixedBatches(false)(0, 1);
    const one = Object.fromEntries(
      Object.entries(inputs).map(([name, tensor]) => [name, { ...tensor, shape: tensor.shape.slice(1) }]),
    );
    const predict = () =>
      made.evaluate(
        'forward',
        (p, { clean, timesteps, condition }) => ({
          mean: mean(denoise(config, p, clean, { timesteps, condition }), [0, 1, 2]),
        }),
        one,
      );
    const forward = () =>
      costOf(steps, async () => {
        for (let i = 0; i < steps; i++) await predict();
      });
    const runs = [train(made, 8), train(made, 1), train(fed, 8), forward];
    for (const run of runs) await run();
    const [eight, single, given, half] = await interleave(rounds, runs);
    return { step: ratioOf(eight, half), scan: ratioOf(eight, single), noise: ratioOf(eight, given) };
  } finally {
    await made.close();
    await fed.close();
  }
}

/** Seconds for 64 motions of 3 s by model S in 20 DDIM steps with guidance, the median of some calls. */
export async function samplingBench(calls: number): Promise<number> {
  const model = await MotionDiffusion.create(configOf('S', 60), { threads: THREADS, provider: 'cpu' });
  try {
    const conditions = Int32Array.from({ length: 64 }, (_, i) => i % 12);
    const sample = (steps: number) => model.sample({ conditions, steps, guidance: 2.5, seed: 1 });
    await sample(1);
    const seconds: number[] = [];
    for (let call = 0; call < calls; call++) {
      const { wall } = await costOf(1, () => sample(20));
      seconds.push(wall / 1000);
    }
    return median(seconds);
  } finally {
    await model.close();
  }
}

/** Resident memory after 2,000 steps of model S over that after 200, in a process of its own. */
export function memoryGrowth(): number {
  const file = fileURLToPath(import.meta.url);
  // V8's nursery grows by some 15 MB within the first thousand steps: kept small, it is not taken for a leak.
  const args = ['--max-semi-space-size=1', file, 'memory'];
  return Number(execFileSync(process.execPath, args, { encoding: 'utf8' }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const config = configOf('S', LEAK_FRAMES);
  const model = await MotionDiffusion.create(config, { threads: THREADS, provider: 'cpu' });
  const data = dataOf(config);
  const resident: number[] = [];
  for (const steps of [200, 1800]) {
    await model.train(data, { ...OPTIONS, steps });
    resident.push(process.memoryUsage.rss());
  }
  await model.close();
  console.log(resident[1] / resident[0]);
}

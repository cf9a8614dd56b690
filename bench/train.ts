/**
 * Time of a training step and of sampling. `S` is the size the project's goal is stated for (60 frames, batch 32), `loop`
 * the model of the self-consuming loop. The median of several calls, since other processes share the machine.
 * Rows named in the arguments run alone.
 */
import { availableParallelism } from 'node:os';
import { MotionDiffusion, type MotionDiffusionConfig } from '../src/generator/index.js';
import { Random } from '../src/random/random.js';

const MOTION = {
  frames: 60,
  features: 263,
  condition: { kind: 'action', classes: Array.from({ length: 12 }, (_, i) => `class ${i}`) },
} as const;
const S: MotionDiffusionConfig = {
  ...MOTION,
  dModel: 128,
  layers: 4,
  heads: 4,
  ff: 512,
  diffusionSteps: 1000,
};
const LOOP: MotionDiffusionConfig = {
  ...MOTION,
  dModel: 96,
  layers: 3,
  heads: 4,
  ff: 256,
  diffusionSteps: 50,
};

const ROWS = [
  { name: 'S', config: S, threads: 2, goal: 250 },
  { name: 'S-1-thread', config: S, threads: 1 },
  { name: 'loop', config: LOOP, threads: 1 },
  { name: 'loop-2-threads', config: LOOP, threads: 2 },
];
const BATCH = 32;
const STEPS = 16; // in one call: two runs of the graph
const CALLS = 5;
const SAMPLES = 128;
const SAMPLER_STEPS = 25;

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1];

const named = ROWS.filter(({ name }) => process.argv.includes(name));
const threadsHere = availableParallelism();
console.log(`training step, batch ${BATCH}, ${MOTION.frames} frames; ${threadsHere} cores here`);
for (const { name, config, threads, goal } of named.length > 0 ? named : ROWS) {
  const model = await MotionDiffusion.create(config, { threads });
  const count = 64;
  const features = new Random(1).normals(new Float32Array(count * config.frames * config.features));
  const conditions = Int32Array.from({ length: count }, (_, i) => i % 12);
  const options = { batch: BATCH, lr: 1e-4, emaDecay: 0.99, clip: 1, conditionDrop: 0.1, seed: 1 };
  await model.train({ features, conditions }, { ...options, steps: STEPS });
  const times: number[] = [];
  const processor: number[] = [];
  for (let call = 0; call < CALLS; call++) {
    const [start, cpu] = [performance.now(), process.cpuUsage()];
    await model.train({ features, conditions }, { ...options, steps: STEPS });
    times.push((performance.now() - start) / STEPS);
    const { user, system } = process.cpuUsage(cpu);
    processor.push((user + system) / 1000 / STEPS);
  }
  const sampling = { conditions: Int32Array.from({ length: SAMPLES }, (_, i) => i % 12), seed: 1 };
  await model.sample({ ...sampling, steps: 1 });
  const start = performance.now();
  await model.sample({ ...sampling, steps: SAMPLER_STEPS });
  const seconds = (performance.now() - start) / 1000;
  const verdict = goal ? ` (goal ${goal}: ${median(times) <= goal ? 'met' : 'missed'})` : '';
  console.log(
    `${name.padEnd(15)} d${config.dModel} L${config.layers} ff${config.ff}, ${threads} thread(s), ${model.parameterCount} parameters: ` +
      `${median(times).toFixed(1)} ms per step, best ${Math.min(...times).toFixed(1)}, cpu ${median(processor).toFixed(1)}${verdict}; ` +
      `${SAMPLES} samples in ${SAMPLER_STEPS} DDIM steps ${seconds.toFixed(2)} s; ` +
      `resident memory ${(process.memoryUsage.rss() / 2 ** 20).toFixed(0)} MiB`,
  );
  await model.close();
}

import { availableParallelism } from 'node:os';
import benny from 'benny';
import { correctBatch } from '../src/correct/correct.js';
import { proceduralMotions } from '../src/data/procedural/index.js';
import { FRAME_SIZE } from '../src/motion/motion.js';

const ROUNDS = 5;
const FRAMES = 196; // 9.8 s at 20 fps: the longest clip of the official data set

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1];

/** A clip of 196 frames, made by walking the clips of the built-in set to and fro so that nothing jumps. */
function longClip(joints: Float32Array): Float32Array {
  const frames = joints.length / FRAME_SIZE;
  const long = new Float32Array(FRAMES * FRAME_SIZE);
  for (let t = 0; t < FRAMES; t++) {
    const cycle = t % (2 * frames - 2);
    const from = cycle < frames ? cycle : 2 * frames - 2 - cycle;
    long.set(joints.subarray(from * FRAME_SIZE, (from + 1) * FRAME_SIZE), t * FRAME_SIZE);
  }
  return long;
}

/** Throughput of the whole correctBatch(): reference, control, physics at 240 Hz, measures. */
export async function correctorBench(): Promise<void> {
  const clips = proceduralMotions({ count: 64, seed: 1 }).map(({ joints }) => ({ joints: longClip(joints) }));
  const inputs = Array.from({ length: 256 }, (_, i) => clips[i % clips.length]);
  const cores = availableParallelism();
  for (const threads of new Set([1, cores])) {
    const rates: { wall: number; cpu: number }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const [started, cpu] = [performance.now(), process.cpuUsage()];
      await correctBatch(inputs, { threads });
      const { user, system } = process.cpuUsage(cpu);
      rates.push({
        wall: (1000 * inputs.length) / (performance.now() - started),
        cpu: (1e6 * inputs.length) / (user + system),
      });
    }
    console.log(
      `correctBatch: ${inputs.length} motions of 9.8 s, ${threads} thread${threads > 1 ? 's' : ''}: ` +
        `median ${median(rates.map(({ wall }) => wall)).toFixed(0)} motions/s, ` +
        `${median(rates.map(({ cpu }) => cpu)).toFixed(0)} motions per processor second`,
    );
  }
  await benny.suite(
    'batches of 16 motions of 9.8 s',
    ...(['clip', 'loop'] as const).map((preset) =>
      benny.add(preset, async () => {
        await correctBatch(inputs.slice(0, 16), { preset });
      }),
    ),
    benny.complete(({ results }) => {
      for (const { name, ops, margin } of results)
        console.log(
          `correctBatch: preset ${name}, 16 motions of 9.8 s a batch: ${(16 * ops).toFixed(0)} motions/s ±${margin.toFixed(0)} %`,
        );
    }),
  );
}

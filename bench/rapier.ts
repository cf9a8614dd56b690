/** correctBatch() on Rapier against the addon, the whole call, per second of processor time: what the fallback costs. */
import { correctBatch } from '../src/correct/correct.js';
import { proceduralMotions } from '../src/data/procedural/index.js';
import { type Gate, interleave, median, pairedRatio, writeCsv } from './results.js';

const ROUNDS = 3;
/** Motions of a round: a walk and a run of 9.8 s on Rapier, as many as fill the addon's lanes and more on the addon. */
const COUNTS = { cpu: 256, rapier: 2 };

export async function rapierBench(): Promise<Gate[]> {
  const clips = proceduralMotions({ count: 2, seed: 1, seconds: [9.8, 9.8] });
  const rate = (device: 'cpu' | 'rapier') => async () => {
    const motions = Array.from({ length: COUNTS[device] }, (_, i) => clips[i % clips.length]);
    const cpu = process.cpuUsage();
    await correctBatch(motions, { device, threads: 1 });
    const { user, system } = process.cpuUsage(cpu);
    return (1e6 * motions.length) / (user + system);
  };
  const devices = ['cpu', 'rapier'] as const;
  for (const device of devices) await rate(device)(); // compilers warm up
  const [cpu, rapier] = await interleave(ROUNDS, devices.map(rate));
  const slower = pairedRatio(cpu, rapier, (value) => value);
  console.log(
    `\ncorrectBatch() by device, medians of ${ROUNDS} interleaved rounds of motions of 9.8 s\n` +
      `  cpu (the addon): ${median(cpu).toFixed(0)} motions per processor second\n` +
      `  rapier:          ${median(rapier).toFixed(2)} motions per processor second, ${slower.toFixed(0)}x slower`,
  );
  writeCsv(
    'rapier',
    ['device', 'per_processor_s', 'cpu_over_this'],
    [
      ['cpu', median(cpu), 1],
      ['rapier', median(rapier), slower],
    ],
  );
  return [];
}

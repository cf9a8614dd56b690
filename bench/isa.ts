/** Throughput of the whole correctBatch() by instruction set, each in a process of its own, in interleaved rounds. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { correctBatch } from '../src/correct/correct.js';
import { native } from '../src/correct/native.js';
import { clips } from './clips.js';
import { type Gate, interleave, median, writeCsv } from './results.js';

const ROUNDS = 3;
const [COUNT, FRAMES] = [64, 196];
const script = fileURLToPath(import.meta.url);

/** Motions per processor second of this process's instruction set. */
async function rate(): Promise<number> {
  const inputs = clips(COUNT, FRAMES);
  await correctBatch(inputs.slice(0, 4), { threads: 1 });
  const started = process.cpuUsage();
  await correctBatch(inputs, { threads: 1 });
  const { user, system } = process.cpuUsage(started);
  return COUNT / ((user + system) / 1e6);
}

export async function isaBench(): Promise<Gate[]> {
  const { isas } = native().info();
  const rounds = await interleave(
    ROUNDS,
    isas.map((isa) => () => {
      const env = { ...process.env, SELFCORRECT_ISA: isa };
      return Number(execFileSync(process.execPath, [script], { env, encoding: 'utf8' }));
    }),
  );
  const rates = rounds.map(median);
  console.log(`\n${COUNT} motions of 9.8 s on one thread, by instruction set, medians of ${ROUNDS} rounds`);
  isas.forEach((isa, i) =>
    console.log(`  ${isa.padEnd(9)} ${rates[i].toFixed(0).padStart(5)} motions per processor second`),
  );
  writeCsv(
    'isa',
    ['isa', 'motions', 'frames', 'per_processor_s'],
    isas.map((isa, i) => [isa, COUNT, FRAMES, rates[i]]),
  );
  return [];
}

if (process.argv[1] === script) console.log(await rate());

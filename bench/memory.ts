/**
 * Peak memory of correctBatch() beyond inputs and results, in a process of its own: the high-water mark of its resident memory
 * over what it was just before the call, with inputs and `out` written once, less the contact labels, which are results too.
 *
 * What the corrector holds is the work of each thread, which depends on the frames of a motion, and some 300 bytes for each
 * motion (report, start, length, addresses, order), which do not. So the peak of 65,536 motions of 196 frames is at most that
 * of fewer such motions and that of 65,536 short ones together; `node dist/bench/memory.js 65536 196` measures it whole.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { correctBatch } from '../src/correct/correct.js';
import { native } from '../src/correct/native.js';
import { proceduralMotions } from '../src/data/procedural/index.js';
import { FRAME_SIZE } from '../src/motion/motion.js';
import { type Gate, median, writeCsv } from './results.js';

const ROUNDS = 3;
const MANY = 65_536;
const LONG = 196;
/** Motions of a batch and their frames. */
const CASES = [
  [1024, LONG],
  [MANY, 4],
] as const;

/** A line of /proc/self/status, in bytes. */
function status(name: 'VmRSS' | 'VmHWM'): number {
  const [, kilobytes] =
    readFileSync('/proc/self/status', 'utf8').match(new RegExp(`${name}:\\s+(\\d+)`)) ?? [];
  return 1024 * Number(kilobytes);
}

/** Bytes beyond inputs and results at the peak of one call; without an `out` of ours the joints that come back count as well. */
export async function peak(count: number, frames: number, ours = true): Promise<number> {
  const [{ joints: clip }] = proceduralMotions({ count: 1, seed: 1, seconds: [10, 10] });
  const size = frames * FRAME_SIZE;
  const joints = new Float32Array(count * size);
  for (let i = 0; i < count; i++) joints.set(clip.subarray(0, size), i * size);
  const out = new Float32Array(joints.length).fill(1);
  const lengths = new Int32Array(count).fill(frames);
  native();
  await correctBatch({ joints: joints.slice(0, size), lengths: lengths.slice(0, 1) });

  writeFileSync('/proc/self/clear_refs', '5'); // the mark starts anew
  const before = status('VmRSS');
  const { contacts } = await correctBatch({ joints, lengths }, ours ? { out } : {});
  return status('VmHWM') - before - contacts.byteLength;
}

/** The same in a process of its own. */
function measured(count: number, frames: number): number {
  const file = fileURLToPath(import.meta.url);
  return Number(execFileSync(process.execPath, [file, String(count), String(frames)], { encoding: 'utf8' }));
}

export async function memoryBench(): Promise<Gate[]> {
  const name = 'peak memory of 65,536 motions of 9.8 s';
  if (process.platform !== 'linux') {
    console.log(`\n${name}: only Linux tells`);
    return [];
  }
  const peaks = CASES.map(([count, frames]) =>
    median(Array.from({ length: ROUNDS }, () => measured(count, frames) / 2 ** 20)),
  );
  console.log(`\npeak memory of correctBatch() beyond inputs and results, medians of ${ROUNDS} processes`);
  CASES.forEach(([count, frames], i) =>
    console.log(`  ${count} x ${frames} frames: ${peaks[i].toFixed(1)} MiB`),
  );
  writeCsv(
    'memory',
    ['motions', 'frames', 'peak_mib'],
    CASES.map(([count, frames], i) => [count, frames, peaks[i]]),
  );
  const value = peaks.reduce((sum, one) => sum + one, 0);
  return [
    {
      name,
      value,
      bar: 256,
      goal: 64,
      unit: 'MiB',
      more: false,
      note: 'bound: long motions + as many short ones',
    },
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [count, frames] = process.argv.slice(2).map(Number);
  console.log(await peak(count, frames));
}

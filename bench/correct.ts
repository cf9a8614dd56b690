/**
 * Throughput of the whole correctBatch() (reference, control, physics, measures, JavaScript) by one setting at a time,
 * latency of one motion, and the share of JavaScript. Rates are per second of processor time of the whole process, so that
 * what else runs on the machine counts little; wall time stands beside them.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import benny from 'benny';
import { correctBatch } from '../src/correct/correct.js';
import type { CorrectOptions } from '../src/correct/options.js';
import { clips } from './clips.js';
import { type Gate, interleave, median, pairedRatio, writeCsv } from './results.js';
import { undisturbed } from './threads.js';

const ROUNDS = 5;
const LONG = 196; // 9.8 s at 20 fps: the longest clip of the official data set
const FEW = 64; // motions of a call and round at least: a smaller batch is called again and again
const LARGE = 1024;

/**
 * Processor seconds of this thread so far, without those that wait or compile beside it; where the system does not tell, the
 * seconds in which it was not idle.
 */
function mainThread(): number {
  try {
    return 1e-9 * Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]);
  } catch {
    return performance.eventLoopUtilization().active / 1000;
  }
}

interface Case {
  count: number;
  frames: number;
  options: CorrectOptions & {
    threads: number;
    rate: number;
    preset: 'clip' | 'loop';
    sampling: boolean;
    output: 'same' | 'rotations' | 'features';
  };
}
const BASE: Case = {
  count: 256,
  frames: LONG,
  options: { threads: 1, rate: 240, preset: 'clip', sampling: false, output: 'same' },
};
const vary = (changes: Partial<Omit<Case, 'options'>>, options: Partial<Case['options']> = {}): Case => ({
  ...BASE,
  ...changes,
  options: { ...BASE.options, ...options },
});
const CORES = availableParallelism();
const TWO = vary({}, { threads: 2 });
const LARGEST = vary({ count: LARGE });
const CASES = [
  BASE,
  ...(CORES > 1 ? [TWO] : []),
  ...(CORES > 2 ? [vary({ count: LARGE }, { threads: CORES })] : []),
  ...[1, 16, 64].map((count) => vary({ count })),
  LARGEST,
  ...[40, 100].map((frames) => vary({ frames })),
  ...[120, 480].map((rate) => vary({}, { rate })),
  vary({}, { preset: 'loop' }),
  vary({}, { output: 'rotations' }),
  vary({}, { output: 'features' }),
  vary({ count: 32 }, { sampling: true }),
];

interface Measured {
  /** Motions per second: of processor time, and of wall time. */
  rate: number;
  wall: number;
  /** Processor seconds per second: how many cores the call had. */
  cores: number;
  /** Of the processor time, the share of JavaScript's thread. */
  script: number;
}

function measured({ count, frames, options }: Case): () => Promise<Measured> {
  const inputs = clips(count, frames);
  const calls = Math.max(1, Math.floor(FEW / count));
  return async () => {
    const [started, cpu, thread] = [performance.now(), process.cpuUsage(), mainThread()];
    for (let call = 0; call < calls; call++) {
      const result = await correctBatch(inputs, options);
      void [result.motions, result.reports]; // made when they are read
    }
    const script = mainThread() - thread;
    const { user, system } = process.cpuUsage(cpu);
    const [seconds, spent] = [(performance.now() - started) / 1000, (user + system) / 1e6];
    const motions = count * calls;
    return { rate: motions / spent, wall: motions / seconds, cores: spent / seconds, script: script / spent };
  };
}

/** Milliseconds from call to result of one motion on one thread, medians: of processor time, and by preset of wall time. */
async function latency(): Promise<{ processor: number; clip: number; loop: number }> {
  const one = clips(1, LONG);
  const times: number[] = [];
  for (let call = 0; call < 60; call++) {
    const cpu = process.cpuUsage();
    await correctBatch(one, { threads: 1 });
    const { user, system } = process.cpuUsage(cpu);
    times.push((user + system) / 1000);
  }
  const wall: Record<string, number> = {};
  await benny.suite(
    'one motion of 9.8 s',
    ...(['clip', 'loop'] as const).map((preset) =>
      benny.add(preset, async () => {
        await correctBatch(one, { threads: 1, preset });
      }),
    ),
    benny.configure({ cases: { maxTime: 2 } }),
    benny.complete(({ results }) => {
      for (const { name, details } of results) wall[name] = 1000 * details.median;
    }),
  );
  return { processor: median(times), clip: wall.clip, loop: wall.loop };
}

/** How much sooner two threads are done than one: on the clock, and as it would be if each had a core of its own. */
async function scaling(): Promise<{ clock: number; alone: number }> {
  const inputs = clips(LARGE / 2, LONG);
  const [one, two] = await interleave(
    ROUNDS,
    [1, 2].map((threads) => async () => {
      const started = performance.now();
      const alone = await undisturbed(() => correctBatch(inputs, { threads }), threads);
      return { clock: performance.now() - started, alone: alone ?? Number.NaN };
    }),
  );
  return {
    clock: pairedRatio(one, two, ({ clock }) => clock),
    alone: pairedRatio(one, two, ({ alone }) => alone),
  };
}

export async function correctorBench(): Promise<Gate[]> {
  const runs = CASES.map(measured);
  await runs[0](); // the compiler of JavaScript warms up
  const results = await interleave(ROUNDS, runs);
  console.log(`\ncorrectBatch(), medians of ${ROUNDS} interleaved rounds`);
  const rows = CASES.map(({ count, frames, options: { threads, rate, preset, sampling, output } }, i) => {
    const middle = (of: (round: Measured) => number) => median(results[i].map(of));
    const row = [
      middle((r) => r.rate),
      middle((r) => r.wall),
      middle((r) => r.cores),
      100 * middle((r) => r.script),
    ] as const;
    console.log(
      `  ${String(count).padStart(4)} x ${(frames / 20).toFixed(1)} s, ${rate} Hz, ${preset}${sampling ? ' + sampling' : ''}${output === 'same' ? '' : ` as ${output}`}, ` +
        `${threads} thread${threads > 1 ? 's' : ''}: ${row[0].toFixed(0)} motions per processor second, ` +
        `${row[1].toFixed(0)} per second on ${row[2].toFixed(2)} cores, JavaScript ${row[3].toFixed(1)} %`,
    );
    return [count, frames, threads, rate, preset, sampling ? 'on' : 'off', output, ...row];
  });
  const { processor, clip, loop } = await latency();
  console.log(
    `  one motion of 9.8 s: ${processor.toFixed(1)} ms of processor time, ${clip.toFixed(1)} ms on the clock (clip), ` +
      `${loop.toFixed(1)} ms (loop)`,
  );
  writeCsv(
    'correct',
    [
      'motions',
      'frames',
      'threads',
      'rate_hz',
      'preset',
      'sampling',
      'output',
      'per_processor_s',
      'per_s',
      'cores',
      'javascript_percent',
    ],
    rows,
  );
  writeCsv(
    'latency',
    ['preset', 'clock', 'ms'],
    [
      ['clip', 'processor', processor],
      ['clip', 'wall', clip],
      ['loop', 'wall', loop],
    ],
  );
  const of = (wanted: Case): Measured[] => results[CASES.indexOf(wanted)];
  const gates: Gate[] = [
    {
      name: 'motions of 9.8 s per second and core',
      value: median(of(BASE).map(({ rate }) => rate)),
      bar: 300,
      goal: 800,
      unit: '1/s',
      more: true,
    },
    { name: 'latency of one motion of 9.8 s', value: processor, bar: 15, goal: 6, unit: 'ms', more: false },
    {
      name: `JavaScript in a batch of ${LARGE}`,
      value: 100 * median(of(LARGEST).map(({ script }) => script)),
      bar: 3,
      goal: 1,
      unit: '%',
      more: false,
    },
  ];
  if (CORES > 1) {
    const { clock, alone } = await scaling();
    const known = !Number.isNaN(alone);
    gates.push({
      name: 'two threads over one',
      value: known ? alone : clock,
      bar: 1.9,
      goal: 2,
      unit: 'x',
      more: true,
      note: known ? `without waits for a core; ${clock.toFixed(2)}x on the clock` : 'on the clock',
    });
  }
  return gates;
}

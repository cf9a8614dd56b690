/**
 * The corrector on this machine's GPU: correctBatch() from JavaScript to JavaScript against the time of its kernels, and the gates, with
 * what native_bench (native/bench, built here) measures without Node. Without a GPU it says why and does nothing.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { correctBatch } from '../src/correct/correct.js';
import { cudaState } from '../src/correct/device.js';
import { clips } from './clips.js';
import { type Gate, median, writeCsv } from './results.js';

const ROUNDS = 5;
const MOTIONS = 16_384;
const LONG = 196; // frames: 9.8 s
const root = fileURLToPath(new URL('../../', import.meta.url));

/** A row of native_bench's CSV; what it did not measure is missing. */
type Row = Record<string, number | undefined>;

function program(command: string, args: string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}:\n${stdout}${stderr}`);
  return stdout;
}

/** Runs native_bench and gives its rows by their number of motions. */
function nativeRows(): Map<number, Row> {
  program('cmake', ['--build', 'build', '--target', 'native_bench', '--parallel']);
  const csv = join(mkdtempSync(join(tmpdir(), 'selfcorrect-bench-')), 'bench.csv');
  process.stdout.write(program(join(root, 'build', 'native_bench'), ['--device', 'cuda', '--csv', csv]));
  return readRows(readFileSync(csv, 'utf8'));
}

export function readRows(csv: string): Map<number, Row> {
  const [header, ...lines] = csv.trim().split('\n');
  const names = header.split(',');
  return new Map(
    lines.map((line) => {
      const cells = line.split(',').map((cell) => (cell === '' ? undefined : Number(cell)));
      const row: Row = Object.fromEntries(names.map((name, i) => [name, cells[i]]));
      return [row.motions as number, row];
    }),
  );
}

/**
 * Motions from which the GPU is sooner done than the CPU, between the sizes that were measured on both, by straight lines of the
 * logarithms; undefined where it is at none.
 */
export function crossover(rows: Iterable<Row>): number | undefined {
  let before: { motions: number; slower: number } | undefined;
  for (const { motions = 0, cpu_over_device: ratio } of rows) {
    if (ratio === undefined) continue;
    const slower = -Math.log(ratio);
    if (slower <= 0) {
      if (!before) return motions;
      const share = before.slower / (before.slower - slower);
      return Math.exp((1 - share) * Math.log(before.motions) + share * Math.log(motions));
    }
    before = { motions, slower };
  }
  return undefined;
}

const kernels = (row: Row): number =>
  ['prepare_s', 'shape_s', 'track_s', 'finish_s'].reduce((sum, name) => sum + (row[name] ?? Number.NaN), 0);

export async function cudaBench(): Promise<Gate[]> {
  const { available, reason, name } = cudaState();
  if (!available) {
    console.log(`\ncuda: skipped, ${reason}`);
    return [];
  }
  console.log(`\nthe corrector on ${name}`);
  const rows = nativeRows();
  const inputs = packed(MOTIONS);
  const out = new Float32Array(inputs.joints.length);
  const seconds: number[] = [];
  for (let round = -1; round < ROUNDS; round++) {
    const started = performance.now();
    await correctBatch(inputs, { device: 'cuda', out });
    if (round >= 0) seconds.push((performance.now() - started) / 1000); // the first makes room
  }
  const row = rows.get(MOTIONS);
  if (!row) throw new Error(`native_bench did not come to ${MOTIONS} motions`);
  const script = median(seconds);
  const ratio = script / kernels(row);
  console.log(
    `  correctBatch() of ${MOTIONS} motions: ${(1000 * script).toFixed(0)} ms, its kernels ${(1000 * kernels(row)).toFixed(0)} ms`,
  );
  writeCsv(
    'cuda',
    ['motions', 'frames', 'javascript_s', 'kernels_s'],
    [[MOTIONS, LONG, script, kernels(row)]],
  );
  const from = crossover(rows.values());
  return [
    {
      name: `steps of tracking, ${MOTIONS} motions`,
      value: (row.steps_per_s ?? Number.NaN) / 1e6,
      bar: 50,
      goal: 200,
      unit: 'M/s',
      more: true,
    },
    {
      name: `motions of 9.8 s, ${MOTIONS} together`,
      value: row.motions_per_s ?? Number.NaN,
      bar: 20_000,
      goal: 80_000,
      unit: '1/s',
      more: true,
    },
    {
      name: 'crossover with two threads',
      value: from ?? Number.POSITIVE_INFINITY,
      bar: 300,
      goal: 100,
      unit: 'motions',
      more: false,
    },
    { name: 'correctBatch() over its kernels', value: ratio, bar: 1.5, unit: 'x', more: false },
  ];
}

function packed(count: number): { joints: Float32Array; lengths: Int32Array } {
  const motions = clips(64, LONG);
  const size = motions[0].joints.length;
  const joints = new Float32Array(count * size);
  for (let i = 0; i < count; i++) joints.set(motions[i % motions.length].joints, i * size);
  return { joints, lengths: new Int32Array(count).fill(LONG) };
}

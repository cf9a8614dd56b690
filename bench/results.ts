/** Where numbers of a bench go: a CSV file per suite and machine, and a table of gates. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';

export const median = (values: number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** Runs everything once a round, forwards and backwards in turn, so that no one always comes after the same neighbour. */
export async function interleave<T>(
  rounds: number,
  runs: ((round: number) => T | Promise<T>)[],
): Promise<T[][]> {
  const results: T[][] = runs.map(() => []);
  for (let round = 0; round < rounds; round++)
    for (let i = 0; i < runs.length; i++) {
      const at = round % 2 ? runs.length - 1 - i : i;
      results[at][round] = await runs[at](round);
    }
  return results;
}

/** The median over the rounds of a value of one run over that of another in the same round. */
export const pairedRatio = <T>(of: T[], to: T[], value: (result: T) => number): number =>
  median(of.map((result, round) => value(result) / value(to[round])));

/** Processor, as a folder's name: its model and, where the system tells, which of the family it is (one name has many). */
export const machine = `${cpus()[0]?.model ?? 'unknown'} ${generation()}`
  .toLowerCase()
  .replace(/[^a-z0-9]+/g, '-')
  .replace(/^-|-$/g, '');

function generation(): string {
  try {
    const text = readFileSync('/proc/cpuinfo', 'utf8');
    const number = (name: string) => text.match(new RegExp(`^${name}\\s*: (\\d+)$`, 'm'))?.[1] ?? '';
    return `${number('cpu family')} ${number('model')}`;
  } catch {
    return '';
  }
}

type Cell = string | number;
const cell = (value: Cell): string =>
  typeof value === 'number' ? String(Number(value.toPrecision(4))) : value.replaceAll(',', ';');

/** Writes bench/results/<machine>/<name>.csv: no times of day, no paths, no names of hosts. */
export function writeCsv(name: string, columns: string[], rows: Cell[][]): void {
  const folder = new URL(`../../bench/results/${machine}/`, import.meta.url);
  mkdirSync(folder, { recursive: true });
  const lines = [columns, ...rows].map((row) => row.map(cell).join(','));
  writeFileSync(fileURLToPath(new URL(`${name}.csv`, folder)), `${lines.join('\n')}\n`);
}

/** A number that is asked for. */
export interface Gate {
  name: string;
  value: number;
  bar: number;
  /** More than is asked for. */
  goal?: number;
  unit: string;
  /** Whether more is better. */
  more: boolean;
  /** What to know beside the number. */
  note?: string;
}

/** Prints every gate with its value, the ratio to the bar (over 1 is better) and whether it, and the goal, is met. */
export function printGates(gates: Gate[]): void {
  const width = Math.max(...gates.map(({ name }) => name.length));
  console.log('\ngates');
  for (const { name, value, bar, goal, unit, more, note } of gates) {
    const ratio = (wanted: number) => (more ? value / wanted : wanted / value);
    const beyond =
      goal === undefined ? '' : `, goal ${goal}: ${ratio(goal) >= 1 ? 'met' : `${ratio(goal).toFixed(2)}x`}`;
    console.log(
      `  ${name.padEnd(width)}  ${value.toPrecision(3).padStart(6)} ${unit}, wanted ${more ? '>=' : '<='} ${bar}: ` +
        `${ratio(bar).toFixed(2)}x, ${ratio(bar) >= 1 ? 'met' : 'MISSED'}${beyond}${note ? ` (${note})` : ''}`,
    );
  }
}

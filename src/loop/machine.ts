import { availableParallelism, cpus, totalmem } from 'node:os';
import { basename, isAbsolute, relative, resolve } from 'node:path';
import { type Fs, nodeFs, replaceFile } from './fs.js';
import { MACHINE_FILE } from './layout.js';

/** One machine and command that worked on a run. */
export interface Session {
  /** As it was typed; paths outside the working directory by their last name. */
  command: string;
  cpu: string;
  cores: number;
  memoryGiB: number;
  platform: string;
  node: string;
  /** selfcorrect's own. */
  version: string;
}

/** machine.json: who worked on a run, in order; the same session again is not repeated. */
export interface Machine {
  format: 1;
  sessions: Session[];
}

/** Where a path of a command line leads, without where this machine keeps its files. */
function plainPath(word: string): string {
  if (!isAbsolute(word)) return word;
  const inside = relative(resolve('.'), word);
  return inside.startsWith('..') || isAbsolute(inside) ? basename(word) : inside || '.';
}

/** `OUT/machine.json`, or what there is of it. */
export async function readMachine(out: string, fs: Fs = nodeFs): Promise<Machine | undefined> {
  const data = await fs.read(`${out}/${MACHINE_FILE}`);
  try {
    return data && (JSON.parse(Buffer.from(data).toString()) as Machine);
  } catch {
    return undefined;
  }
}

/**
 * Notes in a run's directory which command runs where: for the tables of a published run, never for its results.
 * @param command the words of the command line, e.g. ['selfcorrect', 'loop', '--protocol', 'n64']
 */
export async function noteMachine(
  out: string,
  command: readonly string[],
  version: string,
  fs: Fs = nodeFs,
): Promise<void> {
  const session: Session = {
    command: command.map(plainPath).join(' '),
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform}-${process.arch}`,
    node: process.version,
    version,
  };
  const sessions = (await readMachine(out, fs))?.sessions ?? [];
  if (JSON.stringify(sessions[sessions.length - 1]) === JSON.stringify(session)) return;
  const machine: Machine = { format: 1, sessions: [...sessions, session] };
  await fs.mkdir(out);
  await replaceFile(fs, `${out}/${MACHINE_FILE}`, Buffer.from(`${JSON.stringify(machine, null, 2)}\n`));
}

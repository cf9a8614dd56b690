import { copyFile, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import {
  CONFIG_FILE,
  COSTS_FILE,
  MACHINE_FILE,
  METRICS_FILE,
  PROTOCOL_FILE,
  VERDICTS_FILE,
} from '../loop/index.js';
import { renderMarkdown, runFigure, withSection } from '../report/index.js';
import type { Command } from './command.js';
import { UsageError } from './errors.js';
import type { Flag } from './flags.js';
import { writeReport } from './write-report.js';

const FLAGS: Record<string, Flag> = {
  markdown: {
    type: 'text',
    value: 'FILE',
    help: "put the run's tables into this document, in the place of their former ones; - prints them",
  },
  figure: { type: 'text', value: 'FILE', help: 'draw FID and physical error by generation as an SVG' },
  arms: { type: 'list', value: 'A,B', help: 'arms of the figure (all)' },
  publish: {
    type: 'text',
    value: 'DIR',
    help: 'copy what is worth keeping, without weights: configuration, protocol, metrics, costs, verdicts, report',
  },
  name: { type: 'text', help: "heading of the tables (the directory's name)" },
};

/** What a published run keeps, and the most megabytes of each: a repository is no place for more. */
const PUBLISHED: readonly (readonly [file: string, most: number])[] = [
  [CONFIG_FILE, 1],
  [PROTOCOL_FILE, 1],
  [MACHINE_FILE, 1],
  [METRICS_FILE, 20],
  [COSTS_FILE, 5],
  [VERDICTS_FILE, 2],
  ['report.html', 12],
];

async function publish(from: string, to: string): Promise<void> {
  if (resolve(from) === resolve(to))
    throw new UsageError(`Expected another directory than the run's for --publish but received ${to}`);
  const files: string[] = [];
  for (const [file, most] of PUBLISHED) {
    const found = await stat(join(from, file)).catch(() => undefined);
    if (!found) continue;
    if (found.size > most * 2 ** 20)
      throw new Error(
        `Expected at most ${most} MiB for ${file} of a published run but received ${(found.size / 2 ** 20).toFixed(1)}`,
      );
    files.push(file);
  }
  await mkdir(to, { recursive: true });
  for (const file of files) await copyFile(join(from, file), join(to, file));
}

async function readOr(path: string, otherwise: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return otherwise;
    throw error;
  }
}

export const report: Command = {
  summary: "write a run's report, verdicts, tables and figure again from its files",
  usage: 'selfcorrect report RUN [options]',
  flags: FLAGS,
  notes: `RUN is a directory that selfcorrect loop or run wrote, finished or not, or a published one.
Examples:
  selfcorrect report runs/n64
  selfcorrect report runs/n64 --name motion-n64 --publish bench/results/motion-n64 --markdown docs/results.md --figure docs/images/n64.svg`,
  async run({ flags, positionals }) {
    if (positionals.length !== 1)
      throw new UsageError(`Expected one RUN but received ${positionals.join(' ') || 'nothing'}`);
    const [dir] = positionals;
    const { text, report: page, data } = await writeReport(dir);
    const markdown = flags.markdown as string | undefined;
    const tables =
      markdown === undefined
        ? ''
        : renderMarkdown(data, (flags.name as string | undefined) ?? basename(resolve(dir)));
    if (markdown === '-') console.log(tables);
    else console.log(`${text}\n\nReport: ${page}`);
    if (markdown !== undefined && markdown !== '-') {
      const name = (flags.name as string | undefined) ?? basename(resolve(dir));
      await writeFile(markdown, withSection(await readOr(markdown, ''), name, tables));
    }
    if (flags.figure !== undefined)
      await writeFile(flags.figure as string, runFigure(data, flags.arms as string[] | undefined));
    else if (flags.arms !== undefined) throw new UsageError('Expected --figure for --arms but received none');
    if (flags.publish !== undefined) await publish(dir, flags.publish as string);
    return 0;
  },
};

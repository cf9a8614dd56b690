import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { DEFAULT_CONFIG, type Json, type Row, resolveConfig, runLoop } from '../loop/index.js';
import { readRun, renderReport } from '../report/index.js';
import type { Command } from './command.js';
import { UsageError } from './errors.js';
import type { Flag } from './flags.js';
import { RUN_FLAGS, runConfig } from './loop-flags.js';
import { loopProgress } from './loop-progress.js';
import { createProgress } from './progress.js';
import { runSummary } from './run-summary.js';
import { stopped } from './stopped.js';
import { createTask, taskNames, taskRecipe } from './task-list.js';

const FLAGS: Record<string, Flag> = {
  out: { type: 'text', value: 'DIR', short: 'o', help: 'where everything goes (runs/TASK)' },
  ...RUN_FLAGS,
  set: { type: 'list', value: 'KEY=VALUE,…', help: 'options of the task itself, see --list' },
  jobs: { type: 'integer', range: [1, 256], help: 'threads (one per core); results do not depend on it' },
  list: { type: 'switch', help: 'say which tasks there are, and what each offers' },
  json: { type: 'switch', help: 'print the rows of metrics.jsonl at the end, as one JSON object' },
};

/** `d=10` as { d: 10 }. */
function optionsOf(list: string[] | undefined): Record<string, Json> {
  const options: Record<string, Json> = {};
  for (const part of list ?? []) {
    const at = part.indexOf('=');
    if (at < 1) throw new UsageError(`Expected key=value for --set but received ${part}`);
    const text = part.slice(at + 1);
    options[part.slice(0, at)] = text !== '' && !Number.isNaN(Number(text)) ? Number(text) : text;
  }
  return options;
}

async function listTasks(json: boolean): Promise<void> {
  const tasks = await Promise.all(taskNames().map((name) => createTask(name)));
  if (json) {
    const described = tasks.map(({ name, summary, settings, abilities, defaults }) => ({
      name,
      summary,
      settings,
      abilities,
      defaults,
    }));
    console.log(JSON.stringify(described));
    return;
  }
  for (const [i, { summary = '', settings, abilities }] of tasks.entries()) {
    console.log(`${taskNames()[i].padEnd(14)}${summary}`);
    const offers = [
      abilities.correctors?.length && `correctors ${abilities.correctors.join(', ')}`,
      abilities.select && 'a selector',
      abilities.rewards?.length && `rewards ${abilities.rewards.join(', ')}`,
      abilities.fresh && 'fresh real samples',
      abilities.weights && 'loss weights',
      abilities.extrapolate && 'extrapolation',
      abilities.guide && 'negative guidance',
      abilities.truncate && 'truncation',
    ].filter(Boolean);
    if (offers.length > 0) console.log(`${' '.repeat(14)}has ${offers.join('; ')}`);
    const options = Object.entries((settings ?? {}) as object).map(
      ([key, value]) => `${key}=${typeof value === 'object' ? JSON.stringify(value) : value}`,
    );
    if (options.length > 0) console.log(`${' '.repeat(14)}--set ${options.join(', ')}`);
  }
  console.log(`${'motion'.padEnd(14)}human motion: selfcorrect loop`);
}

export const run: Command = {
  summary: 'run the self-consuming loop of any task, over many seeds, against its theory',
  usage: 'selfcorrect run TASK [options]',
  flags: FLAGS,
  notes: `Examples:
  selfcorrect run gaussian --regime replace,accumulate --arms uncorrected --seeds 100
  selfcorrect run gaussian --gamma 0,0.1,1,5 --lambda 0.5 --seeds 24 --generations 500
The baseline, trained on real samples alone, always runs beside the arms, from the same generation 0. A run that was stopped goes
on where it was when the same command is given again.`,
  async run(parsed, signal) {
    const { flags, positionals } = parsed;
    const json = flags.json === true;
    if (flags.list) {
      await listTasks(json);
      return 0;
    }
    if (positionals.length !== 1)
      throw new UsageError(
        `Expected one of ${taskNames().join(', ')} for TASK but received ${positionals.join(' ') || 'nothing'}; --list describes them`,
      );
    const [name] = positionals;
    if (name === 'motion')
      throw new UsageError('Expected another TASK but received motion, which is selfcorrect loop');
    const options = optionsOf(flags.set as string[] | undefined);
    const task = await createTask(name, options);
    const config = runConfig(parsed, task.defaults?.arms ?? DEFAULT_CONFIG.arms);
    const { seeds, arms } = resolveConfig({ ...task.defaults, ...config });
    const out = resolve((flags.out as string | undefined) ?? join('runs', name));
    const jobs =
      (flags.jobs as number | undefined) ?? Math.min(availableParallelism(), seeds.length * arms.length);
    const progress = createProgress(json ? process.stderr : process.stdout);
    const started = performance.now();
    let rows: Row[];
    try {
      const onEvent = loopProgress(progress, { quiet: true });
      rows = await runLoop(task, config, { out, jobs, signal, onEvent, recipe: taskRecipe(name, options) });
    } catch (error) {
      progress.end();
      if (!signal.aborted) throw error;
      return stopped(progress, 'run', out);
    }
    progress.end();
    const report = join(out, 'report.html');
    await writeFile(report, renderReport(await readRun(out)));
    const seconds = (performance.now() - started) / 1000;
    if (json) console.log(JSON.stringify({ task: name, out, report, seconds, rows }));
    else progress.log(`\n${runSummary(rows)}\n\nReport: ${report}`, { event: 'done', out, report, seconds });
    return 0;
  },
};

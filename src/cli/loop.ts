import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import {
  ARMS,
  type ArmName,
  DEFAULT_CONFIG,
  type LoopConfig,
  REGIMES,
  type Regime,
  type Row,
  runLoop,
} from '../loop/index.js';
import { readRun, readSamples, renderReport } from '../report/index.js';
import { type MotionTaskOptions, motionTask, QUICK_CONFIG } from '../tasks/motion/index.js';
import type { Command } from './command.js';
import { UsageError } from './errors.js';
import type { Flag } from './flags.js';
import { loopData } from './loop-data.js';
import { definedOnly, gammaOf } from './loop-flags.js';
import { loopProgress } from './loop-progress.js';
import { summaryTable } from './loop-summary.js';
import { createProgress } from './progress.js';
import { stopped } from './stopped.js';

const FLAGS: Record<string, Flag> = {
  out: {
    type: 'text',
    value: 'DIR',
    short: 'o',
    help: 'where everything goes (runs/loop; with --quick runs/quick)',
  },
  data: {
    type: 'text',
    value: 'DIR',
    help: 'folder of npy, BVH, AMASS npz or HumanML3D (default: the built-in motions)',
  },
  quick: { type: 'switch', help: 'a smoke run of about a minute: fewer steps, generations and samples' },
  arms: { type: 'list', choices: Object.keys(ARMS), help: `arms to run (${DEFAULT_CONFIG.arms.join(',')})` },
  generations: {
    type: 'integer',
    range: [1, 9999],
    help: `generations after the first (${DEFAULT_CONFIG.generations})`,
  },
  lambda: {
    type: 'number',
    range: [0, 100],
    help: `synthetic motions per real one (${DEFAULT_CONFIG.lambda})`,
  },
  gamma: {
    type: 'text',
    value: 'N|Infinity',
    help: 'correction strength: corrected with probability gamma/(1+gamma) (Infinity)',
  },
  regime: {
    type: 'text',
    choices: REGIMES,
    help: `how real and synthetic motions are put together (${DEFAULT_CONFIG.regime})`,
  },
  n: { type: 'integer', range: [2, 1_000_000], help: `real motions (${DEFAULT_CONFIG.n})` },
  candidates: {
    type: 'integer',
    range: [1, 64],
    help: `candidates per motion of the arm that selects (${DEFAULT_CONFIG.candidates})`,
  },
  'steps-gen0': {
    type: 'integer',
    range: [1, 10_000_000],
    help: `training steps of generation 0 (${DEFAULT_CONFIG.stepsGen0})`,
  },
  steps: {
    type: 'integer',
    range: [1, 10_000_000],
    help: `training steps of every later generation (${DEFAULT_CONFIG.stepsPerGeneration})`,
  },
  evaluation: {
    type: 'integer',
    range: [16, 100_000],
    help: `motions drawn for each evaluation (${DEFAULT_CONFIG.evaluationCount})`,
  },
  seeds: { type: 'list', value: '0,1,2', help: 'seeds, one whole experiment each (0)' },
  device: {
    type: 'text',
    choices: ['auto', 'cpu', 'cuda'],
    help: 'what corrects; same results: cpu, cuda (an NVIDIA GPU), auto: what is sooner done by the number of motions (auto)',
  },
  jobs: {
    type: 'integer',
    range: [1, 256],
    help: 'arms that run side by side (one per core, at most the number of arms)',
  },
};

function seedsOf(list: string[] | undefined): number[] | undefined {
  return list?.map((text) => {
    const seed = Number(text);
    if (text === '' || !(Number.isSafeInteger(seed) && seed >= 0))
      throw new UsageError(`Expected integers >= 0 for --seeds but received ${text}`);
    return seed;
  });
}

export const loop: Command = {
  summary: 'train a motion generator on its own samples, with and without correction, and report',
  usage: 'selfcorrect loop [options]',
  flags: FLAGS,
  notes: `Arms: baseline (real motions only), uncorrected, placebo (random displacements as large as the correction's),
corrected (by physics), selected (the best of several candidates, then corrected by physics).
A run that was stopped goes on where it was when the same command is given again.`,
  async run({ flags, positionals }, signal) {
    if (positionals.length > 0)
      throw new UsageError(`Expected no arguments but received ${positionals.join(' ')}`);
    const quick = flags.quick === true;
    const config: Partial<LoopConfig> = {
      ...(quick ? QUICK_CONFIG : {}),
      ...definedOnly({
        arms: flags.arms as ArmName[] | undefined,
        generations: flags.generations as number | undefined,
        lambda: flags.lambda as number | undefined,
        gamma: flags.gamma === undefined ? undefined : gammaOf(flags.gamma as string),
        regime: flags.regime as Regime | undefined,
        n: flags.n as number | undefined,
        candidates: flags.candidates as number | undefined,
        stepsGen0: flags['steps-gen0'] as number | undefined,
        stepsPerGeneration: flags.steps as number | undefined,
        evaluationCount: flags.evaluation as number | undefined,
        seeds: seedsOf(flags.seeds as string[] | undefined),
      }),
    };
    const out = resolve((flags.out as string | undefined) ?? (quick ? 'runs/quick' : 'runs/loop'));
    const progress = createProgress(process.stdout);
    const started = performance.now();

    const arms = config.arms ?? DEFAULT_CONFIG.arms;
    const jobs = (flags.jobs as number | undefined) ?? Math.min(availableParallelism(), arms.length);
    let rows: Row[];
    try {
      const dataset = await loopData(flags.data as string | undefined, progress, signal);
      const task = motionTask({ dataset, device: flags.device as MotionTaskOptions['device'] });
      rows = await runLoop(task, config, { out, jobs, signal, onEvent: loopProgress(progress) });
    } catch (error) {
      progress.end();
      if (!signal.aborted) throw error;
      return stopped(progress, 'loop', out);
    }
    progress.end();

    const report = join(out, 'report.html');
    const run = await readRun(out);
    await writeFile(report, renderReport({ ...run, motions: await readSamples(out, run.rows) }));
    const seconds = (performance.now() - started) / 1000;
    progress.log(`\n${summaryTable(rows)}\n\nReport: ${report}`, { event: 'done', out, report, seconds });
    return 0;
  },
};

import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import {
  ARMS,
  type ArmName,
  type LoopConfig,
  noteMachine,
  REGIMES,
  type Regime,
  register,
  runLoop,
} from '../loop/index.js';
import {
  type MotionSettings,
  type MotionTaskOptions,
  motionTask,
  type Protocol,
  protocolNames,
  readProtocol,
} from '../tasks/motion/index.js';
import type { Command } from './command.js';
import { UsageError } from './errors.js';
import type { Flag, ParsedFlags } from './flags.js';
import { loopData } from './loop-data.js';
import { definedOnly, gammaOf } from './loop-flags.js';
import { loopProgress } from './loop-progress.js';
import { createProgress } from './progress.js';
import { stopped } from './stopped.js';
import { packageVersion } from './version.js';
import { writeReport } from './write-report.js';

const FLAGS: Record<string, Flag> = {
  protocol: {
    type: 'text',
    value: 'NAME|FILE',
    help: `what is run, and which claims are judged: ${protocolNames().join(', ')}, or a JSON file like those in protocols/ (default)`,
  },
  out: {
    type: 'text',
    value: 'DIR',
    short: 'o',
    help: 'where everything goes (runs/PROTOCOL; for the default runs/loop)',
  },
  data: {
    type: 'text',
    value: 'DIR',
    help: 'folder of npy, BVH, AMASS npz or HumanML3D (default: the built-in motions)',
  },
  quick: { type: 'switch', help: 'the same as --protocol quick: a smoke run of about a minute' },
  arms: { type: 'list', value: 'A,B', help: `arms to run: ${Object.keys(ARMS).join(', ')}` },
  generations: { type: 'integer', range: [1, 9999], help: 'generations after the first' },
  lambda: { type: 'number', range: [0, 100], help: 'synthetic motions per real one' },
  gamma: {
    type: 'text',
    value: 'N|Infinity',
    help: 'correction strength: corrected with probability gamma/(1+gamma)',
  },
  regime: { type: 'text', choices: REGIMES, help: 'how real and synthetic motions are put together' },
  n: { type: 'integer', range: [2, 1_000_000], help: 'real motions' },
  candidates: { type: 'integer', range: [1, 64], help: 'candidates per motion of the arms that select' },
  'select-after': {
    type: 'text',
    choices: ['sampling', 'correction'],
    help: 'choose and correct the chosen, or correct all candidates and choose among them',
  },
  dispersion: {
    type: 'number',
    range: [0, 1000],
    help: 'how much more widely the arms dispersed and restored draw',
  },
  fidelity: {
    type: 'text',
    choices: ['fixed', 'official'],
    help: 'official: with the defects of the released corrector, to measure what they cost',
  },
  'steps-gen0': { type: 'integer', range: [1, 10_000_000], help: 'training steps of generation 0' },
  steps: { type: 'integer', range: [1, 10_000_000], help: 'training steps of every later generation' },
  evaluation: { type: 'integer', range: [16, 100_000], help: 'motions drawn for each evaluation' },
  seeds: { type: 'list', value: '0,1,2', help: 'seeds, one whole experiment each' },
  'evaluate-every': {
    type: 'integer',
    range: [1, 9999],
    help: 'generations between two evaluations; the last is always evaluated',
  },
  'checkpoint-every': { type: 'integer', range: [1, 9999], help: 'generations between two checkpoints' },
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

/** Single values of the protocol that the flags replace. */
const replaced = (flags: ParsedFlags['flags']): Partial<LoopConfig> =>
  definedOnly({
    arms: flags.arms as ArmName[] | undefined,
    generations: flags.generations as number | undefined,
    lambda: flags.lambda as number | undefined,
    gamma: flags.gamma === undefined ? undefined : gammaOf(flags.gamma as string),
    regime: flags.regime as Regime | undefined,
    n: flags.n as number | undefined,
    candidates: flags.candidates as number | undefined,
    selectAfter: flags['select-after'] as LoopConfig['selectAfter'] | undefined,
    dispersion: flags.dispersion as number | undefined,
    stepsGen0: flags['steps-gen0'] as number | undefined,
    stepsPerGeneration: flags.steps as number | undefined,
    evaluationCount: flags.evaluation as number | undefined,
    seeds: seedsOf(flags.seeds as string[] | undefined),
    evaluateEvery: flags['evaluate-every'] as number | undefined,
    checkpointEvery: flags['checkpoint-every'] as number | undefined,
  });

function protocolOf(flags: ParsedFlags['flags']): Protocol {
  const name = flags.protocol as string | undefined;
  if (flags.quick && name !== undefined && name !== 'quick')
    throw new UsageError(`Expected either --quick or --protocol but received both`);
  try {
    return readProtocol(name ?? (flags.quick ? 'quick' : 'default'));
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

export const loop: Command = {
  summary: 'train a motion generator on its own samples, with and without correction, and report',
  usage: 'selfcorrect loop [options]',
  flags: FLAGS,
  notes: `A protocol is a whole configuration together with the claims that its results decide, which are written to OUT/protocol.json before the
first result. Options replace single values of it; the report says which.
Arms: baseline (real motions only), uncorrected, placebo (random displacements as large as the correction's),
corrected (by physics), selected (the best of several candidates, then corrected by physics), restored (brought to the real
set's variances by frequency, then corrected by physics); see docs/loop.md for all. An arm may have settings of its own: corrected@gamma=1.
A run that was stopped goes on where it was when the same command is given again.`,
  async run({ flags, positionals }, signal) {
    if (positionals.length > 0)
      throw new UsageError(`Expected no arguments but received ${positionals.join(' ')}`);
    const protocol = protocolOf(flags);
    const config: LoopConfig = { ...protocol.loop, ...replaced(flags) };
    const usual = `runs/${protocol.name === 'default' ? 'loop' : protocol.name}`;
    const out = resolve((flags.out as string | undefined) ?? usual);
    const progress = createProgress(process.stdout);
    const started = performance.now();
    const jobs = (flags.jobs as number | undefined) ?? Math.min(availableParallelism(), config.arms.length);
    try {
      const dataset = await loopData(flags.data as string | undefined, progress, signal);
      const fidelity = flags.fidelity as MotionSettings['fidelity'] | undefined;
      const settings = { ...protocol.motion, ...definedOnly({ fidelity }) };
      const task = motionTask({ dataset, settings, device: flags.device as MotionTaskOptions['device'] });
      await register(out, { ...protocol, settings: { ...protocol.motion } });
      await noteMachine(out, ['selfcorrect', ...process.argv.slice(2)], packageVersion());
      await runLoop(task, config, { out, jobs, signal, onEvent: loopProgress(progress) });
    } catch (error) {
      progress.end();
      if (!signal.aborted) throw error;
      return stopped(progress, 'loop', out);
    }
    progress.end();
    const { text, report } = await writeReport(out);
    const seconds = (performance.now() - started) / 1000;
    progress.log(`\n${text}\n\nReport: ${report}`, { event: 'done', out, report, seconds });
    return 0;
  },
};

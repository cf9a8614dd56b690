#!/usr/bin/env node
import type { Command } from './command.js';
import { UsageError } from './errors.js';
import { describeFlags, parseFlags } from './flags.js';

/** Commands load when they are run: `--help` needs neither the addon nor onnxruntime. */
const COMMANDS: Record<string, { summary: string; load: () => Promise<Command> }> = {
  loop: {
    summary: 'train a motion generator on its own samples, with and without correction, and report',
    load: async () => (await import('./loop.js')).loop,
  },
  run: {
    summary: 'run the self-consuming loop of any task, over many seeds, against its theory',
    load: async () => (await import('./run.js')).run,
  },
  report: {
    summary: "write a run's report, verdicts, tables and figure again from its files",
    load: async () => (await import('./report.js')).report,
  },
  theory: {
    summary:
      'what theory says of a loop: contraction, stability, the bound; and figures of the loop on a Gaussian',
    load: async () => (await import('./theory.js')).theory,
  },
  train: {
    summary: 'train a motion diffusion model on captioned motions',
    load: async () => (await import('./train.js')).train,
  },
  sample: {
    summary: 'draw motions from a trained model: npy, BVH and a page to look at them',
    load: async () => (await import('./sample.js')).sample,
  },
  correct: {
    summary: 'correct motion files by physics and write them back in their own format',
    load: async () => (await import('./correct.js')).correct,
  },
  doctor: {
    summary: 'say what this machine offers and whether everything works',
    load: async () => (await import('./doctor.js')).doctor,
  },
  'setup-cuda': {
    summary: 'install what onnxruntime needs to train and sample on an NVIDIA GPU (opt-in)',
    load: async () => (await import('./setup-cuda.js')).setupCuda,
  },
};

const overview = () => `selfcorrect: train generative models on their own output without collapse

Usage: selfcorrect COMMAND [options]

Commands:
${Object.entries(COMMANDS)
  .map(([name, { summary }]) => `  ${name.padEnd(12)}${summary}`)
  .join('\n')}

selfcorrect COMMAND --help tells a command's options.`;

const help = (command: Command) =>
  `${command.summary}\n\nUsage: ${command.usage}\n\nOptions:\n${describeFlags({
    ...command.flags,
    help: { type: 'switch', help: 'show this' },
  })}${command.notes ? `\n\n${command.notes}` : ''}`;

async function main(args: string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    console.log(overview());
    return name === undefined ? 2 : 0;
  }
  if (!Object.hasOwn(COMMANDS, name))
    throw new UsageError(
      `Expected one of ${Object.keys(COMMANDS).join(', ')} for COMMAND but received ${name}`,
    );
  const command = await COMMANDS[name].load();
  if (rest.includes('--help') || rest.includes('-h')) {
    console.log(help(command));
    return 0;
  }
  const parsed = parseFlags(rest, command.flags);

  // The first Ctrl-C asks the command to stop where it can resume; the second stops at once.
  const controller = new AbortController();
  const stop = (signal: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort(new DOMException(`stopped by ${signal}`, 'AbortError'));
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  return command.run(parsed, controller.signal);
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    if (error instanceof UsageError) {
      console.error(`selfcorrect: ${error.message}`);
      process.exit(2);
    }
    console.error(process.env.SELFCORRECT_DEBUG ? error : `selfcorrect: ${(error as Error).message}`);
    process.exit(1);
  },
);

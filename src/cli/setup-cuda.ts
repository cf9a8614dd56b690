import { existsSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CudaReport, checkCuda } from '../generator/runtime/cuda-check.js';
import { CUDA_PACKAGE } from '../generator/runtime/cuda-package.js';
import { installCuda, removeCuda } from '../generator/runtime/cuda-setup.js';
import { OrtClient } from '../generator/runtime/ort-client.js';
import { SETUP_COMMAND } from '../generator/runtime/providers.js';
import type { Command } from './command.js';
import { UsageError } from './errors.js';

const PACKAGE = `${CUDA_PACKAGE.name}@${CUDA_PACKAGE.version}`;

const line = (mark: string, name: string, text: string) => `${mark} ${name.padEnd(36)} ${text}`;

/** What the machine has, a line for each thing needed. */
export function describeCuda({ platform, runtime, files, driver, libraries }: CudaReport): string[] {
  const { runtimeVersion, commit } = CUDA_PACKAGE;
  const mark = (ok: boolean) => (ok ? '✓' : '✗');
  const states = {
    installed: ['✓', 'installed'],
    missing: ['✗', `not installed: ${SETUP_COMMAND}`],
    other: ['–', `not the file of ${PACKAGE}: of another origin, or damaged`],
  };
  return [
    line(mark(platform.fits), 'platform', platform.fits ? platform.name : `${platform.name}, not linux-x64`),
    runtime
      ? line(
          mark(runtime.fits),
          'onnxruntime-node',
          `${runtime.version}, commit ${runtime.commit ?? 'unknown'}` +
            (runtime.fits ? '' : `; the provider fits ${runtimeVersion}, commit ${commit}, alone`),
        )
      : line('✗', 'onnxruntime-node', `not installed: npm install onnxruntime-node@${runtimeVersion}`),
    ...Object.entries(files).map(([name, state]) => line(states[state][0], name, states[state][1])),
    line(mark(!!driver), 'NVIDIA driver', driver ?? 'not loaded'),
    ...libraries.map(({ name, optional, found, source }) =>
      line(
        found ? '✓' : optional ? '–' : '✗',
        name,
        found ? 'found' : `${optional ? 'not found, needed by some operations' : 'not found'}: ${source}`,
      ),
    ),
  ];
}

/** Prints the report and the verdict of a trial. */
async function report(): Promise<boolean> {
  const found = await checkCuda();
  console.log(describeCuda(found).join('\n'));
  if (!found.runtime) return false;
  const client = await OrtClient.start({ provider: 'auto' });
  await client.close();
  const { name, reason } = client.provider;
  console.log(name === 'cuda' ? 'CUDA works.' : `CUDA is off: ${reason}`);
  return name === 'cuda';
}

export const setupCuda: Command = {
  summary: "install onnxruntime's CUDA provider, for training and sampling on an NVIDIA GPU",
  usage: 'selfcorrect setup-cuda [--check | --remove] [--from FILE]',
  flags: {
    check: {
      type: 'switch',
      help: 'change nothing: only say what is there, what is missing, and whether CUDA works',
    },
    remove: { type: 'switch', help: 'remove the files again' },
    from: {
      type: 'text',
      value: 'FILE',
      help: `fetch nothing: take this file, written by npm pack ${PACKAGE}`,
    },
  },
  notes: [
    `Fetches ${PACKAGE} (MIT licence, ${Math.round(CUDA_PACKAGE.download / 1e6)} MB) by npm pack and puts two of its files, after a check of`,
    `their SHA-256, beside the library of onnxruntime-node ${CUDA_PACKAGE.runtimeVersion}, which alone they fit. \`npm ci\` removes them: run this again.`,
    "NVIDIA's driver and CUDA 13 libraries are not part of it: --check tells which are missing. Exit code of --check: 0 if CUDA works.",
  ].join('\n'),
  async run({ flags, positionals }, signal) {
    if (positionals.length > 0) throw new UsageError(`Expected options only but received ${positionals[0]}`);
    if (flags.check && flags.remove) throw new UsageError('Expected --check or --remove but received both');
    if (flags.check) return (await report()) ? 0 : 1;
    if (flags.remove) {
      const removed = await removeCuda();
      console.log(removed.length > 0 ? `Removed ${removed.join(' and ')}.` : 'There was nothing to remove.');
      return 0;
    }
    const from = flags.from as string | undefined;
    if (from !== undefined && !existsSync(from))
      throw new UsageError(`Expected a file for --from but received ${from}, which does not exist`);
    const outcome = await installCuda({
      signal,
      ...(from !== undefined && {
        fetch: async (_, folder) => {
          const file = join(folder, 'package.tgz');
          await copyFile(from, file);
          return file;
        },
      }),
    });
    console.log(`The CUDA provider is ${outcome}. What it needs:`);
    await report();
    return 0;
  },
};

import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { type CorrectResult, correctBatch } from '../correct/correct.js';
import { DEVICES } from '../correct/device.js';
import type { CorrectOptions } from '../correct/options.js';
import { MOTION_ENDINGS, type MotionFile, readMotions, writeMotions } from '../data/index.js';
import type { Command } from './command.js';
import { CORRECTION_HEADER, correctionPage, statuses, tableRow, VIEWED } from './correction-table.js';
import { UsageError } from './errors.js';
import type { Flag } from './flags.js';
import { createProgress } from './progress.js';
import { renderTable } from './table.js';

const FLAGS: Record<string, Flag> = {
  out: { type: 'text', value: 'DIR', short: 'o', help: 'where the corrected files go (required)' },
  preset: {
    type: 'text',
    choices: ['clip', 'loop'],
    help: 'clip: the most visible repair (default); loop: the least bias, for training data',
  },
  fps: { type: 'number', range: [5, 240], help: 'frames per second of files that do not say theirs (20)' },
  force: { type: 'number', range: [0, 100], help: 'outside force allowed at first, body weights (0.5)' },
  torque: { type: 'number', range: [0, 100_000], help: 'outside torque allowed at first, N m (300)' },
  samples: {
    type: 'integer',
    range: [2, 4096],
    help: 'track by that many deviating simulations what one simulation loses (off)',
  },
  gamma: { type: 'number', range: [0, 1e300], help: 'correct with probability gamma/(1+gamma) only (all)' },
  seed: {
    type: 'integer',
    range: [0, Number.MAX_SAFE_INTEGER],
    help: 'seed of the draws of gamma and of samples (0)',
  },
  device: {
    type: 'text',
    choices: DEVICES,
    help: 'what simulates: cpu, the addon; cuda, the addon on an NVIDIA GPU; rapier, a slow substitute; auto: what is soonest done (auto)',
  },
  threads: { type: 'integer', range: [1, 1024], help: 'threads (one per core)' },
  view: { type: 'switch', help: 'also write DIR/view.html, a page to look at the motions before and after' },
};

/** Motions that are corrected together: enough to fill every lane of every core, few enough to hold in memory. */
const TOGETHER = 1024;
/** Rows of the printed table at most; the mean of all follows. */
const PRINTED = 40;

interface Input {
  path: string;
  /** Folder that the output's sub-folders are relative to. */
  root: string;
}

/** Files named, and those with a known ending in folders named. */
async function findInputs(paths: string[]): Promise<Input[]> {
  const inputs: Input[] = [];
  for (const path of paths) {
    const found = await stat(path).catch(() => undefined);
    if (!found)
      throw new UsageError(`Expected a file or folder for IN but received ${path}, which does not exist`);
    if (!found.isDirectory()) {
      inputs.push({ path, root: dirname(path) });
      continue;
    }
    const names = (await readdir(path, { recursive: true })).filter((name) =>
      MOTION_ENDINGS.some((ending) => name.toLowerCase().endsWith(ending)),
    );
    if (names.length === 0)
      throw new UsageError(
        `Expected ${MOTION_ENDINGS.join(', ')} files in the folder ${path} but found none`,
      );
    inputs.push(...names.sort().map((name) => ({ path: join(path, name), root: path })));
  }
  const targets = new Map<string, string>();
  for (const { path, root } of inputs) {
    const target = relative(root, path);
    const other = targets.get(target);
    if (other !== undefined)
      throw new UsageError(
        `Expected inputs of different names but received ${other} and ${path}, which would both be written to ${target}`,
      );
    targets.set(target, path);
  }
  return inputs;
}

interface Done {
  file: MotionFile;
  result: Pick<CorrectResult, 'motions' | 'reports'>;
  written: string;
}

function viewerPage(done: Done[]): { html: string; left: number } {
  return correctionPage(
    'Corrected motions',
    done.flatMap(({ file, result }) =>
      file.motions.map((motion, i) => ({
        group: basename(file.path),
        label: motion.name ?? basename(file.path),
        caption: motion.caption,
        fps: motion.fps,
        joints: result.motions[i].joints,
        before: motion.joints,
        report: result.reports[i],
      })),
    ),
  );
}

export const correct: Command = {
  summary: 'correct motion files by physics and write them back in their own format',
  usage: 'selfcorrect correct IN... --out DIR [options]',
  flags: FLAGS,
  notes: `IN: files or folders of joints npy [T,22,3], HumanML3D features npy [T,263], BVH, AMASS npz, or a text-to-motion
model's results.npy. A file that cannot be read is named, counted and skipped; the exit code is then 1.`,
  async run({ flags, positionals }, signal) {
    if (positionals.length === 0)
      throw new UsageError('Expected at least one file or folder for IN but received none');
    const out = flags.out as string | undefined;
    if (out === undefined) throw new UsageError('Expected a folder for --out but received none');
    const fps = flags.fps as number | undefined;
    const settings: CorrectOptions = {
      preset: flags.preset as CorrectOptions['preset'],
      assist: { force: flags.force as number | undefined, torque: flags.torque as number | undefined },
      ...(flags.samples === undefined ? {} : { sampling: { samples: flags.samples as number } }),
      gamma: flags.gamma as number | undefined,
      seed: flags.seed as number | undefined,
      device: flags.device as CorrectOptions['device'],
      threads: flags.threads as number | undefined,
      fps,
      signal,
    };
    const inputs = await findInputs(positionals);
    await mkdir(out, { recursive: true });
    const progress = createProgress(process.stdout);
    const done: Done[] = [];
    const devices = new Set<string>();
    const skipped: { path: string; reason: string }[] = [];
    const skip = (path: string, error: unknown) => {
      const { message: reason } = error as Error;
      skipped.push({ path, reason });
      progress.log(`skipped ${path}: ${reason}`, { event: 'skipped', path, reason });
    };
    try {
      for (let next = 0; next < inputs.length; ) {
        const files: { file: MotionFile; root: string }[] = [];
        for (let motions = 0; next < inputs.length && motions < TOGETHER; next++) {
          const { path, root } = inputs[next];
          progress.update({ stage: 'read', done: next, total: inputs.length, note: basename(path) });
          try {
            const file = await readMotions(path, { fps });
            files.push({ file, root });
            motions += file.motions.length;
          } catch (error) {
            skip(path, error);
          }
        }
        const result = await correctBatch(
          files.flatMap(({ file }) => file.motions),
          {
            ...settings,
            onProgress: ({ done, total }) => progress.update({ stage: 'correct', done, total }),
          },
        );
        devices.add(result.device);
        let first = 0;
        for (const { file, root } of files) {
          const own = {
            motions: result.motions.splice(0, file.motions.length),
            reports: result.reports.slice(first, first + file.motions.length),
          };
          first += file.motions.length;
          try {
            const written = await writeMotions(file, own.motions, out, root);
            done.push({ file, result: own, written });
            if (!process.stdout.isTTY)
              progress.log('', { event: 'corrected', path: file.path, written, reports: own.reports });
          } catch (error) {
            skip(file.path, error);
          }
        }
      }
    } catch (error) {
      progress.end();
      if (!signal.aborted) throw error;
      progress.log(`Stopped after ${done.length} of ${inputs.length} files; those are in ${out}`, {
        event: 'stopped',
        files: done.length,
      });
      return 130;
    }
    progress.end();

    const reports = done.flatMap(({ result }) => result.reports);
    const rows = done
      .slice(0, PRINTED)
      .map(({ file, result }) => tableRow(relative('.', file.path), result.reports));
    if (done.length > PRINTED)
      rows.push([`… and ${done.length - PRINTED} more`, ...new Array(CORRECTION_HEADER.length - 1).fill('')]);
    if (done.length > 1) rows.push(tableRow('all', reports));
    const view = flags.view === true && done.length > 0 ? join(out, 'view.html') : undefined;
    let note = '';
    if (view) {
      const { html, left } = viewerPage(done);
      await writeFile(view, html);
      note = `\nLook at them: ${view}${left > 0 ? ` (the first ${VIEWED}; ${left} more are not in the page)` : ''}`;
    }
    progress.log(
      `${renderTable(CORRECTION_HEADER, rows)}\n\n${reports.length} motions of ${done.length} files corrected on ${[...devices].join(' and ')} into ${out}` +
        `${skipped.length > 0 ? `; ${skipped.length} files skipped` : ''}${note}`,
      {
        event: 'done',
        out,
        devices: [...devices],
        files: done.length,
        motions: reports.length,
        statuses: statuses(reports),
        skipped,
        view,
      },
    );
    return skipped.length > 0 ? 1 : 0;
  },
};

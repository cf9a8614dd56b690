import { dirname } from 'node:path';
import { verifyCheckpoint } from './checkpoint.js';
import { configJson, differences, isEvaluated, type LoopConfig } from './config.js';
import { LoopError } from './errors.js';
import { type Fs, replaceFile } from './fs.js';
import { CONFIG_FILE } from './layout.js';
import { needs, type Unit } from './plan.js';
import type { Json } from './task.js';
import { readRecord } from './unit.js';

/**
 * Claims an output directory for a configuration: writes config.json, or compares it with the one there.
 * `generations` may grow, since every generation depends only on those before it; anything else that differs is refused by name.
 */
export async function claim(
  fs: Fs,
  out: string,
  task: { name: string; settings: Json },
  config: LoopConfig,
): Promise<void> {
  const path = `${out}/${CONFIG_FILE}`;
  const wanted = {
    format: 1,
    task: { name: task.name, settings: task.settings },
    config: configJson(config),
  };
  const bytes = Buffer.from(`${JSON.stringify(wanted, null, 2)}\n`);
  const existing = await fs.read(path);
  if (existing) {
    let found: { config?: { generations?: number } };
    try {
      found = JSON.parse(Buffer.from(existing).toString());
    } catch (cause) {
      throw new LoopError('ERR_CONFIG_CHANGED', `Expected JSON in ${path} but received something else`, {
        cause,
      });
    }
    const changed = differences(found as Json, JSON.parse(bytes.toString())).filter(
      (line) =>
        !(line.startsWith('config.generations:') && config.generations > (found.config?.generations ?? 0)),
    );
    if (changed.length > 0)
      throw new LoopError(
        'ERR_CONFIG_CHANGED',
        `Expected the configuration ${out} was started with but received a different one (${changed.join('; ')}); choose another output directory, or give the same settings`,
      );
  } else if ((await fs.list(out)).some((name) => /^seed-\d+\/$/.test(name)))
    throw new LoopError(
      'ERR_CONFIG_CHANGED',
      `Expected ${CONFIG_FILE} in ${out}, which has checkpoints, but there is none`,
    );
  if (!existing || !Buffer.from(existing).equals(bytes)) {
    await fs.mkdir(out);
    await replaceFile(fs, path, bytes);
  }
}

/**
 * The units a former run has finished: those whose checkpoint verifies, whose generations are evaluated as this run wants them and
 * whose every need is finished too. What is left of others, and directories that were being written, is removed.
 */
export async function finishedUnits(
  fs: Fs,
  out: string,
  units: readonly Unit[],
  config: Pick<LoopConfig, 'evaluateEvery' | 'generations'>,
): Promise<Set<string>> {
  const done = new Set<string>();
  const placed = [...units].sort((a, b) => a.generation - b.generation);
  // The last generation of a shorter run was evaluated, whatever `evaluateEvery` says of it here.
  const asWanted = async (unit: Unit): Promise<boolean> =>
    (await readRecord(fs, out, unit.id)).every(
      (row) => row.kind !== 'generation' || (row.evaluated !== false) === isEvaluated(config, row.generation),
    );
  const visit = async (unit: Unit): Promise<void> => {
    if (
      needs(unit).every((id) => done.has(id)) &&
      (await verifyCheckpoint(fs, `${out}/${unit.id}`)) &&
      (await asWanted(unit))
    )
      done.add(unit.id);
    else {
      await fs.remove(`${out}/${unit.id}`);
      await fs.remove(`${out}/${unit.id}.tmp`);
    }
  };
  // Within a generation, an arm that is matched to another comes after it.
  for (const unit of placed) if (!unit.matched) await visit(unit);
  for (const unit of placed) if (unit.matched) await visit(unit);
  await removeStrays(fs, out, units);
  return done;
}

/** A run that had fewer generations may have ended with a checkpoint where this one has none. */
async function removeStrays(fs: Fs, out: string, units: readonly Unit[]): Promise<void> {
  const planned = new Set(units.map(({ id }) => id));
  for (const parent of new Set(units.map(({ id }) => dirname(id))))
    for (const name of await fs.list(`${out}/${parent}`)) {
      const id = `${parent}/${name.replace(/(\.tmp)?\/$/, '')}`;
      if (/^gen-\d{4,}(\.tmp)?\/$/.test(name) && !planned.has(id))
        await fs.remove(`${out}/${parent}/${name}`);
    }
}

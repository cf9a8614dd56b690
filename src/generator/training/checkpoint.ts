/** Checkpoints as safetensors files: written in one piece or not at all, and checked when they are read. */
import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FormatError } from '../../io/format-error.js';
import { readSafetensors, type Safetensors, writeSafetensors } from '../../io/safetensors.js';
import { GeneratorError } from '../errors.js';
import type { StateDict } from './resident-state.js';

/** What a file of ours says it is, under `format` in its metadata. */
export const FORMAT = 'selfcorrect 1';

/**
 * Writes tensors and a JSON description. The file appears under its name when all of it is on the disk; an older one stays
 * until then.
 */
export async function writeCheckpoint(path: string, tensors: StateDict, config: unknown): Promise<void> {
  const bytes = writeSafetensors(tensors, { format: FORMAT, config: JSON.stringify(config) });
  const partial = `${path}.${process.pid}.partial`;
  try {
    const file = await open(partial, 'w');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  const folder = await open(dirname(path), 'r');
  await folder.sync().catch(() => {}); // not every system can
  await folder.close();
}

/**
 * Reads what `writeCheckpoint` wrote.
 * @throws GeneratorError ERR_CHECKPOINT if the file is damaged, cut short or of another kind
 */
export async function readCheckpoint(path: string): Promise<{ tensors: StateDict; config: unknown }> {
  let read: Safetensors;
  try {
    read = readSafetensors(await readFile(path));
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new GeneratorError('ERR_CHECKPOINT', `${path} is no checkpoint or is damaged: ${error.message}`, {
      cause: error,
    });
  }
  const { format, config } = read.metadata;
  if (format !== FORMAT)
    throw new GeneratorError(
      'ERR_CHECKPOINT',
      `Expected the format ${FORMAT} for ${path} but received ${format ?? 'a file of other origin'}`,
    );
  try {
    return { tensors: read.tensors, config: JSON.parse(config ?? 'null') };
  } catch (error) {
    const message = `Expected a description in ${path} but received one that is no JSON: ${config}`;
    throw new GeneratorError('ERR_CHECKPOINT', message, { cause: error });
  }
}

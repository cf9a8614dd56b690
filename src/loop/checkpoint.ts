import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import { LoopError } from './errors.js';
import { type Fs, makeDurableDirectory } from './fs.js';
import { MANIFEST_FILE } from './layout.js';

interface Manifest {
  format: 1;
  files: Record<string, { bytes: number; sha256: string }>;
}

const sha256 = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');

/** Files below a directory, as sorted relative paths; every directory met is passed to `onDirectory`, children first. */
async function walk(fs: Fs, root: string, onDirectory?: (path: string) => Promise<void>): Promise<string[]> {
  const files: string[] = [];
  const visit = async (relative: string): Promise<void> => {
    for (const name of await fs.list(`${root}/${relative}`)) {
      if (name.endsWith('/')) await visit(`${relative}${name}`);
      else files.push(`${relative}${name}`);
    }
    await onDirectory?.(`${root}/${relative}`.replace(/\/$/, ''));
  };
  await visit('');
  return files.sort();
}

/**
 * Writes a directory that either exists whole or not at all: `fill` writes into DIR.tmp, every file is flushed, the manifest
 * with sizes and SHA-256 is written last, the directories are flushed, DIR.tmp is renamed to DIR, its parent is flushed.
 */
export async function writeCheckpoint(
  fs: Fs,
  out: string,
  id: string,
  fill: (directory: string) => Promise<void>,
): Promise<void> {
  const target = `${out}/${id}`;
  const temporary = `${target}.tmp`;
  await fs.remove(temporary);
  await makeDurableDirectory(fs, out, dirname(id));
  await fs.mkdir(temporary);
  await fill(temporary);
  const manifest: Manifest = { format: 1, files: {} };
  for (const file of await walk(fs, temporary)) {
    await fs.sync(`${temporary}/${file}`);
    const data = await fs.read(`${temporary}/${file}`);
    if (!data) throw new LoopError('ERR_CHECKPOINT', `Expected the file ${temporary}/${file} but it is gone`);
    manifest.files[file] = { bytes: data.length, sha256: sha256(data) };
  }
  const path = `${temporary}/${MANIFEST_FILE}`;
  await fs.write(path, Buffer.from(`${JSON.stringify(manifest, null, 1)}\n`));
  await fs.sync(path);
  await walk(fs, temporary, (directory) => fs.sync(directory));
  await fs.rename(temporary, target);
  await fs.sync(dirname(target));
}

/** True when a directory has a manifest and every file in it has the size and hash stated there, and there are no others. */
export async function verifyCheckpoint(fs: Fs, directory: string): Promise<boolean> {
  const text = await fs.read(`${directory}/${MANIFEST_FILE}`);
  if (!text) return false;
  let manifest: Manifest;
  try {
    manifest = JSON.parse(Buffer.from(text).toString());
  } catch {
    return false;
  }
  if (manifest.format !== 1 || typeof manifest.files !== 'object' || manifest.files === null) return false;
  const found = (await walk(fs, directory)).filter((file) => file !== MANIFEST_FILE);
  if (found.join('\n') !== Object.keys(manifest.files).sort().join('\n')) return false;
  for (const file of found) {
    const data = await fs.read(`${directory}/${file}`);
    const entry = manifest.files[file];
    if (!data || data.length !== entry.bytes || sha256(data) !== entry.sha256) return false;
  }
  return true;
}

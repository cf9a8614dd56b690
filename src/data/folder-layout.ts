import { readdir, readFile } from 'node:fs/promises';
import { basename, extname, join, relative, sep } from 'node:path';
import { parseCsv } from '../io/csv.js';
import { FormatError } from '../io/format-error.js';
import { SPLITS, type Split } from './dataset.js';
import { MOTION_ENDINGS } from './motion-file.js';

/** What a folder says of one of its files. */
export interface FolderEntry {
  /** Path below the folder. */
  file: string;
  name?: string;
  split?: Split;
  action?: string;
  /** None, one or several. */
  captions: readonly string[];
  /** Recording it was cut from. */
  source?: string;
  /** Frames per second of an npy file. */
  fps?: number;
}

const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function list(dir: string): Promise<string[]> {
  try {
    return (await readdir(dir)).sort(byName);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Ids by split from train.txt, val.txt and test.txt; empty when there are none. */
async function readSplits(dir: string): Promise<Map<string, Split>> {
  const splits = new Map<string, Split>();
  for (const split of SPLITS)
    for (const line of ((await readText(join(dir, `${split}.txt`))) ?? '').split('\n'))
      if (line.trim()) splits.set(line.trim(), split);
  return splits;
}

const isSplit = (text: unknown): text is Split => SPLITS.some((split) => split === text);
const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value : undefined;

/** A manifest's row: `file`, or `id` of `joints/ID.npy`; caption or text; action; split; source_file or truth; fps. */
function manifestEntry(row: Readonly<Record<string, unknown>>, i: number): FolderEntry {
  const id = text(row.id);
  const file = text(row.file) ?? (id && `joints/${id}.npy`);
  if (!file)
    throw new FormatError('ERR_MOTION', "'file' or 'id'", `row ${i + 1} of the manifest`, Object.keys(row));
  const fps = Number(row.fps);
  return {
    file,
    name: id ?? basename(file, extname(file)),
    split: isSplit(row.split) ? row.split : undefined,
    action: text(row.action),
    captions: [text(row.caption) ?? text(row.text) ?? []].flat(),
    source: text(row.source_file) ?? text(row.truth),
    fps: fps > 0 ? fps : undefined,
  };
}

async function manifestEntries(dir: string): Promise<FolderEntry[] | undefined> {
  const csv = await readText(join(dir, 'manifest.csv'));
  if (csv !== undefined) return parseCsv(csv).map(manifestEntry);
  const json = await readText(join(dir, 'manifest.json'));
  if (json === undefined) return undefined;
  let content: unknown;
  try {
    content = JSON.parse(json);
  } catch (error) {
    throw new FormatError('ERR_MOTION', 'JSON', 'manifest.json', (error as Error).message);
  }
  const rows = Array.isArray(content) ? content : (content as { clips?: unknown } | null)?.clips;
  // a manifest.json that lists no clips belongs to something else
  if (!Array.isArray(rows)) return undefined;
  return rows.map((row, i) => manifestEntry(typeof row === 'object' && row !== null ? row : {}, i));
}

/** The captions of the whole clip among HumanML3D's `caption#tokens#from#to` lines; the first line if there is none. */
function humanMl3dCaptions(lines = ''): string[] {
  const rows = lines
    .split('\n')
    .map((line) => line.split('#'))
    .filter(([caption]) => caption.trim() !== '');
  const whole = rows.filter((row) => Number(row[2]) === 0 && Number(row[3]) === 0);
  return (whole.length > 0 ? whole : rows.slice(0, 1)).map(([caption]) => caption.trim());
}

async function humanMl3dEntries(dir: string): Promise<FolderEntry[] | undefined> {
  for (const folder of ['new_joints', 'new_joint_vecs']) {
    const files = (await list(join(dir, folder))).filter((file) => file.endsWith('.npy'));
    if (files.length === 0) continue;
    const splits = await readSplits(dir);
    const entries: FolderEntry[] = [];
    for (const file of files) {
      const name = basename(file, '.npy');
      // ids outside of the lists were left out of the benchmark on purpose
      if (splits.size > 0 && !splits.has(name)) continue;
      entries.push({
        file: join(folder, file),
        name,
        split: splits.get(name),
        captions: humanMl3dCaptions(await readText(join(dir, 'texts', `${name}.txt`))),
        // M012314 is the mirror image of 012314
        source: name.replace(/^M/, ''),
      });
    }
    return entries;
  }
  return undefined;
}

/** Paths below a folder, with `/`, of all files that may hold motion, in the order of names. */
export async function listMotionFiles(dir: string): Promise<string[]> {
  return (await readdir(dir, { recursive: true, withFileTypes: true }))
    .filter((file) => file.isFile() && MOTION_ENDINGS.includes(extname(file.name).toLowerCase()))
    .map((file) => relative(dir, join(file.parentPath, file.name)).split(sep).join('/'))
    .sort(byName);
}

async function plainEntries(dir: string): Promise<FolderEntry[]> {
  const splits = await readSplits(dir);
  const files = await listMotionFiles(dir);
  return Promise.all(
    files.map(async (file) => {
      const stem = file.slice(0, -extname(file).length);
      return {
        file,
        name: stem,
        split: splits.get(stem) ?? splits.get(basename(stem)),
        captions: humanMl3dCaptions(await readText(join(dir, `${stem}.txt`))),
      };
    }),
  );
}

/** The motion files of a folder with what the folder says of them, in an order that depends on names alone. */
export async function findEntries(dir: string): Promise<FolderEntry[]> {
  return (await manifestEntries(dir)) ?? (await humanMl3dEntries(dir)) ?? (await plainEntries(dir));
}

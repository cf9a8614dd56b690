import * as fs from 'node:fs/promises';
import { dirname } from 'node:path';

/** The file operations the loop uses: all of its access goes through here, so that tests can let any one of them fail. */
export interface Fs {
  /** Creates a directory and its parents; an existing one is fine. */
  mkdir(path: string): Promise<void>;
  /** Names in a directory with a slash behind directories, sorted; empty when there is no such directory. */
  list(path: string): Promise<string[]>;
  /** Bytes of a file, or undefined when there is none. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Creates or overwrites a file. */
  write(path: string, data: Uint8Array): Promise<void>;
  /** Creates a file; false, and nothing changes, when there is one already. */
  create(path: string, data: Uint8Array): Promise<boolean>;
  append(path: string, data: Uint8Array): Promise<void>;
  /** Makes a file's bytes, or a directory's entries, survive a power cut. */
  sync(path: string): Promise<void>;
  /** Replaces `to` if it is a file; `to` must not be a directory. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file or a directory with all that is in it; none is fine. */
  remove(path: string): Promise<void>;
}

const missing = (error: unknown): boolean =>
  (error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ENOTDIR';

export const nodeFs: Fs = {
  async mkdir(path) {
    await fs.mkdir(path, { recursive: true });
  },
  async list(path) {
    try {
      const entries = await fs.readdir(path, { withFileTypes: true });
      return entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)).sort();
    } catch (error) {
      if (missing(error)) return [];
      throw error;
    }
  },
  async read(path) {
    try {
      return await fs.readFile(path);
    } catch (error) {
      if (missing(error)) return undefined;
      throw error;
    }
  },
  async write(path, data) {
    await fs.writeFile(path, data);
  },
  async create(path, data) {
    try {
      await fs.writeFile(path, data, { flag: 'wx' });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  },
  async append(path, data) {
    await fs.appendFile(path, data);
  },
  async sync(path) {
    const handle = await fs.open(path, 'r');
    try {
      await handle.sync();
    } catch (error) {
      // Windows cannot flush a directory, nor a file opened for reading; there the rename alone has to do.
      if (process.platform !== 'win32') throw error;
    } finally {
      await handle.close();
    }
  },
  async rename(from, to) {
    await fs.rename(from, to);
  },
  async remove(path) {
    await fs.rm(path, { recursive: true, force: true });
  },
};

/** Replaces a file so that a reader, or a crash at any point, sees the old or the new bytes and nothing between. */
export async function replaceFile(fs: Fs, path: string, data: Uint8Array): Promise<void> {
  await fs.write(`${path}.tmp`, data);
  await fs.sync(`${path}.tmp`);
  await fs.rename(`${path}.tmp`, path);
  await fs.sync(dirname(path));
}

/** Makes a directory and each parent up to and including `root`'s entry for it durable. */
export async function makeDurableDirectory(fs: Fs, root: string, relative: string): Promise<void> {
  await fs.mkdir(`${root}/${relative}`);
  let path = root;
  await fs.sync(path);
  for (const part of relative.split('/').filter(Boolean)) {
    path = `${path}/${part}`;
    await fs.sync(path);
  }
}

/**
 * Makes a directory, and its entry and those of its parents durable, as far as they may be read: without them a power cut would
 * take away all that is in it.
 */
export async function makeDurableRoot(fs: Fs, root: string): Promise<void> {
  await fs.mkdir(root);
  for (let path = dirname(root); ; path = dirname(path)) {
    try {
      await fs.sync(path);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      const cause = ((error as Error).cause as NodeJS.ErrnoException | undefined)?.code;
      if (code === 'EACCES' || cause === 'EACCES' || code === 'EPERM') return;
      throw error;
    }
    if (path === dirname(path)) return;
  }
}

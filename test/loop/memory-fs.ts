import type { Fs } from '../../src/loop/fs.js';

interface File {
  data: Buffer;
  /** What a power cut would leave of it. */
  durable: Buffer;
}
interface Directory {
  entries: Map<string, File | Directory>;
  durable: Map<string, File | Directory>;
}
const isFile = (node: File | Directory): node is File => 'data' in node;
const newDirectory = (): Directory => ({ entries: new Map(), durable: new Map() });

/**
 * A file system in memory that forgets on {@link powerCut} whatever was not flushed: a file's bytes since its last sync, and a
 * directory's entries (creations, renames, removals) since that directory's last sync.
 */
export class MemoryFs implements Fs {
  private root = newDirectory();

  private walk(path: string): File | Directory | undefined {
    let node: File | Directory | undefined = this.root;
    for (const part of path.split('/').filter((name) => name && name !== '.')) {
      if (!node || isFile(node)) return undefined;
      node = node.entries.get(part);
    }
    return node;
  }

  private parent(path: string): { directory: Directory; name: string } {
    const parts = path.split('/').filter(Boolean);
    const name = parts.pop()!;
    const directory = this.walk(parts.join('/'));
    if (!directory || isFile(directory)) throw new Error(`ENOENT: ${path}`);
    return { directory, name };
  }

  async mkdir(path: string): Promise<void> {
    let node = this.root;
    for (const part of path.split('/').filter(Boolean)) {
      const next = node.entries.get(part) ?? newDirectory();
      if (isFile(next)) throw new Error(`EEXIST: ${path}`);
      node.entries.set(part, next);
      node = next;
    }
  }

  async list(path: string): Promise<string[]> {
    const node = this.walk(path);
    if (!node || isFile(node)) return [];
    return [...node.entries].map(([name, inner]) => (isFile(inner) ? name : `${name}/`)).sort();
  }

  async read(path: string): Promise<Uint8Array | undefined> {
    const node = this.walk(path);
    return node && isFile(node) ? Buffer.from(node.data) : undefined;
  }

  async write(path: string, data: Uint8Array): Promise<void> {
    const { directory, name } = this.parent(path);
    const existing = directory.entries.get(name);
    if (existing && isFile(existing)) existing.data = Buffer.from(data);
    else directory.entries.set(name, { data: Buffer.from(data), durable: Buffer.alloc(0) });
  }

  async create(path: string, data: Uint8Array): Promise<boolean> {
    if (this.walk(path)) return false;
    await this.write(path, data);
    return true;
  }

  async append(path: string, data: Uint8Array): Promise<void> {
    await this.write(path, Buffer.concat([(await this.read(path)) ?? Buffer.alloc(0), data]));
  }

  async sync(path: string): Promise<void> {
    const node = this.walk(path);
    if (!node) throw new Error(`ENOENT: ${path}`);
    if (isFile(node)) node.durable = node.data;
    else node.durable = new Map(node.entries);
  }

  async rename(from: string, to: string): Promise<void> {
    const source = this.parent(from);
    const target = this.parent(to);
    const node = source.directory.entries.get(source.name);
    if (!node) throw new Error(`ENOENT: ${from}`);
    const existing = target.directory.entries.get(target.name);
    if (existing && !isFile(existing)) throw new Error(`ENOTEMPTY: ${to}`);
    source.directory.entries.delete(source.name);
    target.directory.entries.set(target.name, node);
  }

  async remove(path: string): Promise<void> {
    const { directory, name } = (() => {
      try {
        return this.parent(path);
      } catch {
        return { directory: newDirectory(), name: '' };
      }
    })();
    directory.entries.delete(name);
  }

  /** Everything that was not flushed is gone. */
  powerCut(): void {
    const visit = (node: File | Directory): void => {
      if (isFile(node)) node.data = node.durable;
      else {
        node.entries = new Map(node.durable);
        for (const inner of node.entries.values()) visit(inner);
      }
    };
    visit(this.root);
  }

  /** Every file's bytes by path, as text. */
  snapshot(): Map<string, string> {
    const files = new Map<string, string>();
    const visit = (node: File | Directory, path: string): void => {
      if (isFile(node)) files.set(path, node.data.toString('latin1'));
      else
        for (const [name, inner] of [...node.entries].sort()) visit(inner, path ? `${path}/${name}` : name);
    };
    visit(this.root, '');
    return files;
  }
}

/**
 * What a fault does at the k-th operation: the process dies before it, or after half of what it writes; or it alone fails, as a full
 * disk (after half of what it writes) or a broken one does.
 */
export type Fault = 'die' | 'torn' | 'ENOSPC' | 'EIO';

/** Passes everything on, until operation number `at` (counted from 1) meets its fault. */
export class FaultyFs implements Fs {
  operations = 0;

  constructor(
    private readonly inner: Fs,
    private readonly at = Number.POSITIVE_INFINITY,
    private readonly fault: Fault = 'die',
  ) {}

  private async run<R>(operation: () => Promise<R>, half?: () => Promise<void>): Promise<R> {
    this.operations++;
    const dies = this.fault === 'die' || this.fault === 'torn';
    const dead = dies && this.operations > this.at;
    if (this.operations === this.at || dead) {
      if (!dead && (this.fault === 'torn' || this.fault === 'ENOSPC')) await half?.();
      const error = new Error(`injected fault at operation ${this.at}`);
      throw dies ? error : Object.assign(error, { code: this.fault });
    }
    return operation();
  }

  mkdir = (path: string) => this.run(() => this.inner.mkdir(path));
  list = (path: string) => this.run(() => this.inner.list(path));
  read = (path: string) => this.run(() => this.inner.read(path));
  write = (path: string, data: Uint8Array) =>
    this.run(
      () => this.inner.write(path, data),
      () => this.inner.write(path, data.subarray(0, data.length >> 1)),
    );
  create = (path: string, data: Uint8Array) =>
    this.run(
      () => this.inner.create(path, data),
      () => this.inner.write(path, data.subarray(0, data.length >> 1)),
    );
  append = (path: string, data: Uint8Array) =>
    this.run(
      () => this.inner.append(path, data),
      () => this.inner.append(path, data.subarray(0, data.length >> 1)),
    );
  sync = (path: string) => this.run(() => this.inner.sync(path));
  rename = (from: string, to: string) => this.run(() => this.inner.rename(from, to));
  remove = (path: string) => this.run(() => this.inner.remove(path));
}

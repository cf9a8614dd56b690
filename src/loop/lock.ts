import { hostname } from 'node:os';
import { LoopError } from './errors.js';
import { type Fs, makeDurableRoot } from './fs.js';

const LOCK_FILE = 'run.lock';

/** Directories this process is running in. */
const held = new Set<string>();

/**
 * Keeps two runs from writing into one directory. The lock of a process that was killed is taken over; one of another machine
 * cannot be told from a live one and is refused.
 * @returns what gives the directory back
 * @throws LoopError ERR_BUSY
 */
export async function lockDirectory(fs: Fs, out: string): Promise<() => Promise<void>> {
  const path = `${out}/${LOCK_FILE}`;
  const me: Holder = { host: hostname(), pid: process.pid };
  if (held.has(path)) throw busy(out, path, me);
  held.add(path);
  try {
    await makeDurableRoot(fs, out);
    const mine = Buffer.from(`${JSON.stringify(me)}\n`);
    if (!(await fs.create(path, mine))) {
      const holder = readHolder(await fs.read(path));
      if (holder && isAlive(holder)) throw busy(out, path, holder);
      await fs.write(path, mine);
    }
  } catch (error) {
    held.delete(path);
    throw error;
  }
  return async () => {
    held.delete(path);
    await fs.remove(path);
  };
}

const busy = (out: string, path: string, { host, pid }: Holder): LoopError =>
  new LoopError(
    'ERR_BUSY',
    `Expected no other run in ${out} but received process ${pid} on ${host}; if it is gone, remove ${path}`,
  );

interface Holder {
  host: string;
  pid: number;
}

/** The process named in a lock, or undefined when the lock was torn by a crash. */
function readHolder(data: Uint8Array | undefined): Holder | undefined {
  try {
    const holder = JSON.parse(Buffer.from(data ?? []).toString()) as Holder;
    return Number.isInteger(holder.pid) ? holder : undefined;
  } catch {
    return undefined;
  }
}

/** A lock of this process that it does not hold is left from a run that could not remove it. */
function isAlive({ host, pid }: Holder): boolean {
  if (host !== hostname()) return true;
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

import { LoopError } from './errors.js';
import type { Fs } from './fs.js';

/** What a disk says, and what helps. */
const REASONS: Record<string, string> = {
  ENOSPC: 'the disk is full; make room',
  EDQUOT: 'the quota of the disk is used up; make room',
  EIO: 'the disk failed to read or write; check it',
  EROFS: 'the disk is read-only; choose another output directory',
  EACCES: 'that is not permitted; change the permissions or choose another output directory',
  EMFILE: 'too many files are open; raise the limit',
};

/** The same file access, whose known errors say what to do. What was finished before is safe in every case. */
export function explained(fs: Fs): Fs {
  const wrap =
    <A extends [string, ...unknown[]], R>(what: string, operation: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      try {
        return await operation(...args);
      } catch (cause) {
        const code = (cause as NodeJS.ErrnoException).code ?? '';
        if (!Object.hasOwn(REASONS, code)) throw cause;
        throw new LoopError(
          'ERR_DISK',
          `Expected to ${what} ${args[0]} but received ${code}: ${REASONS[code]}, then give the same command again: what is finished is safe`,
          { cause },
        );
      }
    };
  return {
    mkdir: wrap('make the directory', fs.mkdir.bind(fs)),
    list: wrap('list', fs.list.bind(fs)),
    read: wrap('read', fs.read.bind(fs)),
    write: wrap('write', fs.write.bind(fs)),
    create: wrap('create', fs.create.bind(fs)),
    append: wrap('append to', fs.append.bind(fs)),
    sync: wrap('flush', fs.sync.bind(fs)),
    rename: wrap('rename', fs.rename.bind(fs)),
    remove: wrap('remove', fs.remove.bind(fs)),
  };
}

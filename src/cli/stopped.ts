import type { Progress } from './progress.js';

/** A word as it must be written in a shell to be one word again. */
const shellWord = (word: string): string =>
  /^[\w./,:=+@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/** Says that a run was stopped and which command goes on with it; returns the exit code of a stopped command. */
export function stopped(progress: Progress, command: string, out: string): number {
  const again = ['selfcorrect', command, ...process.argv.slice(3).map(shellWord)].join(' ');
  progress.log(`Stopped; what is finished is safe in ${out}. Go on with: ${again}`, {
    event: 'stopped',
    out,
    resume: again,
  });
  return 130;
}

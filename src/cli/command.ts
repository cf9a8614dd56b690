import type { Flag, ParsedFlags } from './flags.js';

/** One command of the command line. `run` returns the exit code. */
export interface Command {
  summary: string;
  usage: string;
  flags: Record<string, Flag>;
  /** More lines for its `--help`. */
  notes?: string;
  run(parsed: ParsedFlags, signal: AbortSignal): Promise<number>;
}

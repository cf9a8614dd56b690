// What cuda.test.ts looks at, run in a process of its own: the addon with the emulated device (native/test/addon), set by
// SELFCORRECT_ADDON, and SELFCORRECT_EMULATED with what fails of it. Prints, as JSON, each attempt at each job.
import { fileURLToPath } from 'node:url';
import { CorrectorError } from '../../src/index.js';
import { digests, inputsOf, JOBS } from './determinism-run.js';

export interface Attempt {
  job: string;
  device: 'cpu' | 'cuda';
  digests?: string[];
  error?: { code: string; message: string };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [motions, ...order] = process.argv.slice(2);
  const attempts: Attempt[] = [];
  for (const entry of order) {
    const [job, device] = entry.split(':') as [string, 'cpu' | 'cuda'];
    const attempt: Attempt = { job, device };
    try {
      const inputs = inputsOf(job).slice(0, Number(motions));
      attempt.digests = await digests(inputs, { ...JOBS[job], device });
    } catch (error) {
      if (!(error instanceof CorrectorError)) throw error;
      attempt.error = { code: error.code, message: error.message };
    }
    attempts.push(attempt);
  }
  console.log(JSON.stringify(attempts));
}

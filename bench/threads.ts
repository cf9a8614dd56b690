/** What the threads of a job do with their time, as the Linux scheduler tells it. */
import { readdirSync, readFileSync } from 'node:fs';

const TASKS = '/proc/self/task';
const EVERY = 3; // ms

interface Times {
  /** Seconds on a processor, and ready to run without one. */
  running: number;
  waiting: number;
}

function tasks(): Map<string, Times> {
  const times = new Map<string, Times>();
  for (const task of readdirSync(TASKS))
    try {
      const [running, waiting] = readFileSync(`${TASKS}/${task}/schedstat`, 'utf8').split(' ');
      times.set(task, { running: 1e-9 * Number(running), waiting: 1e-9 * Number(waiting) });
    } catch {
      // A thread that ended since it was listed.
    }
  return times;
}

/**
 * Seconds that `work` would take if each of its threads had a core of its own: the mean over the threads that it starts of
 * the time they run or are blocked, without the time they wait for a core. Undefined where the system does not tell.
 */
export async function undisturbed(
  work: () => Promise<unknown>,
  threads: number,
): Promise<number | undefined> {
  let before: Map<string, Times>;
  try {
    before = tasks();
  } catch {
    return undefined;
  }
  const seen = new Map<string, { first: number; last: number } & Times>();
  const timer = setInterval(() => {
    const now = performance.now() / 1000;
    for (const [task, times] of tasks())
      if (!before.has(task)) seen.set(task, { first: seen.get(task)?.first ?? now, last: now, ...times });
  }, EVERY);
  await work();
  clearInterval(timer);
  const busiest = [...seen.values()].toSorted((a, b) => b.running - a.running).slice(0, threads);
  if (busiest.length < threads || busiest.some(({ running }) => running === 0)) return undefined;
  const spent = busiest.map(({ first, last, running, waiting }) => Math.max(running, last - first - waiting));
  return spent.reduce((sum, seconds) => sum + seconds, 0) / threads;
}

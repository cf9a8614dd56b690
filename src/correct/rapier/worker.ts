/** A thread that corrects one motion after another on Rapier. Rapier is loaded here and nowhere else. */
import { parentPort } from 'node:worker_threads';
import type { Reply, Request } from './protocol.js';

const port = parentPort;
if (!port) throw new Error('Expected rapier/worker.js to be started as a worker thread');

let broken = false;
try {
  const { default: rapier } = await import('@dimforge/rapier3d-compat');
  await rapier.init();
  const { correctMotion } = await import('./correct-motion.js');
  const { track } = await import('./track.js');
  port.on('message', ({ joints, kept, settings }: Request) => {
    const corrected = correctMotion(joints, kept, settings, (...simulation) => {
      if (broken) return undefined;
      try {
        return track(...simulation);
      } catch {
        // WebAssembly that ended in the middle of a call cannot be called again: the thread ends with this motion.
        broken = true;
        return undefined;
      }
    });
    port.postMessage({ corrected, broken } satisfies Reply);
  });
  port.postMessage('ready');
} catch (error) {
  port.postMessage({ unavailable: (error as Error).message } satisfies Reply);
}

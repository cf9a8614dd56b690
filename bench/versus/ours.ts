/** The addon's engine and its whole controller, 64 motions of 16 phases. */
import { createRequire } from 'node:module';
import { type Engine, FPS, gains, RATE, reference, SETTLE, TIMED } from './scene.js';

interface Timing {
  steps: number;
  seconds: number;
  height: number;
  error: number;
  operations: { add: number; multiply: number; divide: number; root: number };
}
interface Probe {
  info(): { isa: string; isas: string[] };
  probeSteps(
    references: ReturnType<typeof reference>[],
    options: { rate: number; settle: number; gains?: Float64Array; isa?: string },
  ): Timing;
}
const probe = createRequire(import.meta.url)('../../../build/Release/selfcorrect.node') as Probe;

/** The instruction set in use, and those of this processor, widest first. */
export const { isa, isas } = probe.info();
const motions = Array.from({ length: 64 }, (_, lane) => reference(lane, SETTLE + TIMED));

/** Floating-point operations of a step of one motion, counted by running the kernels on a number that counts. */
export interface Ours extends Engine {
  flops: number;
}

function engine(name: string, options: { gains?: Float64Array; isa?: string }): Ours {
  const settings = { rate: RATE, settle: SETTLE * FPS, ...options };
  const { add, multiply, divide, root } = probe.probeSteps(motions.slice(0, 1), settings).operations;
  return {
    name,
    flops: add + multiply + divide + root,
    run: () => {
      const { steps, seconds, height, error } = probe.probeSteps(motions, settings);
      return { rate: steps / seconds, height, error };
    },
  };
}

/** Kinematics, PD, contact, forward dynamics with end stops, integration. */
export const ourEngine = engine('selfcorrect engine', { gains });
/** The same in the lanes of another instruction set. */
export const engineOf = (isa: string): Ours => engine(`selfcorrect engine, ${isa}`, { gains, isa });
/** The same with whole-body control, as correctBatch() steps. */
export const ourController = engine('selfcorrect controller', {});

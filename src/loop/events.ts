import type { CostRow, Row } from './layout.js';

export type Stage = 'prepare' | 'sample' | 'select' | 'correct' | 'train' | 'evaluate' | 'checkpoint';

/** What a run tells while it goes on; the shape is JSON, one event a line when piped. */
export type LoopEvent =
  /** Once, before any work: units in all and how many a former run has finished. */
  | { type: 'start'; units: number; done: number; out: string }
  /** A stage began or went on: `done` of `total` steps or items. */
  | {
      type: 'progress';
      seed: number;
      arm: string | null;
      generation: number;
      stage: Stage;
      done: number;
      total: number;
      loss?: number;
    }
  /** A unit is finished and safe on disk. */
  | {
      type: 'unit';
      seed: number;
      arm: string | null;
      generation: number;
      done: number;
      units: number;
      rows: Row[];
      cost: CostRow;
    }
  /** Something a user should know and that does not stop the run. */
  | { type: 'warning'; seed: number; arm: string | null; generation: number; message: string }
  | { type: 'end'; rows: Row[] };

import type { Judgement } from '../loop/judgement.js';
import type { CostRow, Row } from '../loop/layout.js';
import type { Machine } from '../loop/machine.js';

/** One motion to be looked at. */
export interface ViewerMotion {
  /** Heading it is listed under: the arm in a report. */
  group: string;
  /** Short name within the group, e.g. `median`. */
  label: string;
  /** What the motion is of, in words. */
  caption?: string;
  /** Frames per second, above 0. */
  fps: number;
  /** Joint positions in metres, row-major `[frame, joint, xyz]`, length `frames * 66`. */
  joints: Float32Array;
  /** The same motion before correction, same shape. */
  before?: Float32Array;
  /** Ground contact of the left and the right foot, `[frame, 2]`, 0 or 1; found from foot height and speed when left out. */
  contacts?: Uint8Array;
  /** One line of numbers or remarks, e.g. `phys-err 39 → 16 mm`. */
  note?: string;
}

/** A cell that shows a number before and after correction. */
export interface BeforeAfter {
  before: number;
  after: number;
}

/** Table above the viewer; a row that names a motion (its index in the list of motions) opens it. */
export interface ViewerTable {
  columns: readonly { name: string; unit?: string; better?: 'lower' | 'higher' }[];
  rows: readonly { cells: readonly (string | number | BeforeAfter)[]; motion?: number }[];
}

/** Where the synthetic samples of an arm's last generation come from; see `loop/provenance.ts`. */
export interface ArmProvenance {
  arm: string;
  generation: number;
  model: string;
  drawnFrom?: string;
  count?: number;
  corrector?: string;
  /** How many were corrected, how many passed the gate. */
  corrected?: number;
  kept?: number;
}

/** One prompt as one generation of one arm drew it. */
export interface PromptMotion {
  /** Index among the prompts. */
  prompt: number;
  /** The arm; null for generation 0, which all arms share, and for real data. */
  arm: string | null;
  /** null for real data. */
  generation: number | null;
  fps: number;
  /** See {@link ViewerMotion.joints}. */
  joints: Float32Array;
  note?: string;
}

/** A few prompts (items of the real set) that every generation of every arm was asked for with the same noise. */
export interface PromptMotions {
  seed: number;
  prompts: string[];
  motions: PromptMotion[];
}

/** Everything a report shows. */
export interface ReportData {
  title: string;
  /** The run's config.json, shown as it is. */
  config: { task?: { name?: string; settings?: unknown }; config?: unknown; [name: string]: unknown };
  /** The lines of metrics.jsonl, in any order. */
  rows: Row[];
  /** The lines of costs.jsonl. */
  costs: CostRow[];
  motions: ViewerMotion[];
  provenance?: ArmProvenance[];
  /** The same prompts by arm and generation. */
  prompts?: PromptMotions;
  /** What came of the claims the run was registered for. */
  judgement?: Judgement;
  /** What worked on the run. */
  machine?: Machine;
  /** SHA-256 of config.json. */
  configuration?: string;
  /** What the reader of the run noticed, e.g. that it is unfinished. */
  remarks?: string[];
}

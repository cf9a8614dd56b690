/** What threads that simulate are asked, and answer. */

/** Options of a batch that count here. */
export interface Settings {
  fps: number;
  /** 0: clip, 1: loop. */
  preset: 0 | 1;
  rate: number;
  /** Caps of the first rung: body weights, N m. */
  force: number;
  torque: number;
}

/** One motion of a result, as the addon fills its arrays. */
export interface Corrected {
  joints: Float32Array;
  contacts: Uint8Array;
  /** Absolute, of the bodies `[T, 22, wxyz]`; missing for a rejected motion. */
  bodies?: Float32Array;
  /** A row of the table of reports, in the order of `REPORT_COLUMNS`. */
  row: Float64Array;
}

export interface Request {
  joints: Float32Array;
  /** Whether the motion is measured and returned as it is (gamma). */
  kept: boolean;
  settings: Settings;
}

/** `broken`: the thread cannot be used again. */
export type Reply = { corrected: Corrected; broken: boolean } | { unavailable: string };

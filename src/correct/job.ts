/** What a job reads and writes, of M motions, on any device. Motion i starts at frame `starts[i]` of whole arrays. */
export interface JobArrays {
  /** Joints, whole or an array for every motion. */
  joints: Float32Array | Float32Array[];
  starts: Float64Array;
  lengths: Int32Array;
  /** 1 where a motion is returned as it is (gamma). */
  keep: Uint8Array | null;
  out: Float32Array | Float32Array[];
  contacts: Uint8Array;
  bodies: Float32Array | null;
  /** `[M, REPORT_COLUMNS]`; complete once the promise is fulfilled. */
  table: Float64Array;
}

export interface Job {
  /** Fulfils when every motion has its row, or soon after `cancel()`. */
  promise: Promise<void>;
  cancel(): void;
}

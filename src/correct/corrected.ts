import { FRAME_SIZE } from '../motion/motion.js';
import type { Batch } from './batch.js';
import type { RunDevice } from './device.js';
import type { MotionForm } from './inputs.js';
import { type CorrectedMotion, giveBack } from './outputs.js';
import { CONTACT_LABELS, type CorrectionReport, fateOf, readReport } from './report.js';
import { type BatchSummary, summarise } from './summary.js';

/** Numbers per frame of the rotations of the corrector's bodies. */
export const BODY_TURNS = 22 * 4;

/** The arrays that the addon writes. */
export interface Results {
  /** Joints: one array of the batch, or one for every motion. */
  out: Float32Array | Float32Array[];
  /** Contact labels of the batch. */
  contacts: Uint8Array;
  /** Rotations of the corrector's bodies, where a motion without rotations is to have them. */
  bodies: Float32Array | null;
  /** The reports, a row a motion: see `REPORT_COLUMNS`. */
  table: Float64Array;
}

/** A batch that was corrected; each motion and report is made when it is asked for. */
export class Corrected {
  constructor(
    readonly batch: Batch,
    readonly results: Results,
    private readonly output: 'same' | MotionForm,
    private readonly fps: number,
    readonly device: RunDevice,
  ) {}

  report(i: number): CorrectionReport {
    const report = readReport(this.results.table, i);
    const { problem } = this.batch.taken(i);
    return problem ? { ...report, reason: problem } : report;
  }

  motion(i: number): CorrectedMotion {
    const { contacts, bodies, table } = this.results;
    const taken = this.batch.taken(i);
    const labels = this.part(contacts, i, CONTACT_LABELS);
    return giveBack(taken, this.output === 'same' ? taken.form : this.output, {
      joints: taken.problem ? taken.joints : this.joints(i),
      contacts: Array.isArray(this.batch.joints) ? labels.slice() : labels,
      bodies: bodies ? this.part(bodies, i, BODY_TURNS) : undefined,
      fate: fateOf(table, i),
    });
  }

  motions(): CorrectedMotion[] {
    return Array.from({ length: this.batch.count }, (_, i) => this.motion(i));
  }

  reports(): CorrectionReport[] {
    return Array.from({ length: this.batch.count }, (_, i) => this.report(i));
  }

  summary(reports: readonly CorrectionReport[]): BatchSummary {
    return summarise(
      reports,
      (i) => this.batch.taken(i).joints,
      (i) => this.joints(i),
      this.fps,
      this.device,
    );
  }

  private joints(i: number): Float32Array {
    const { out } = this.results;
    return Array.isArray(out) ? out[i] : this.part(out, i, FRAME_SIZE);
  }

  /** The part of motion i of an array of the whole batch. */
  private part<A extends Float32Array | Uint8Array>(array: A, i: number, size: number): A {
    const { starts } = this.batch;
    return array.subarray(starts[i] * size, starts[i + 1] * size) as A;
  }
}

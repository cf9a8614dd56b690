import { correctBatch } from '../../correct/correct.js';
import type { CorrectOptions } from '../../correct/options.js';
import type { CorrectionReport } from '../../loop/layout.js';
import type { Corrector, StageContext } from '../../loop/task.js';
import { meanPlausibility, measureEach } from '../../metrics/physical.js';
import { FRAME_SIZE } from '../../motion/motion.js';
import { encodeWindow } from '../../motion/window.js';
import { Random } from '../../random/random.js';
import type { Calibration } from './calibration.js';
import { jointsOf, type MotionSamples, motionAt } from './samples.js';
import type { MotionSettings } from './settings.js';
import { FPS } from './windows.js';

interface Surroundings {
  settings: MotionSettings;
  threads: number;
  /** Frechet distance of joints to held-out real motion. */
  fid(joints: Float32Array): number;
}

/** Frames per second that the official code simulates motions of 20 as: 1.5 times too fast. */
const OFFICIAL_FPS = 30;
/** More outside help than any body asks for: body weights and N m. */
const UNBOUNDED = { force: 100, torque: 100_000 };

/** Ways to use the corrector. */
export const PHYSICS = ['fixed', 'cleaned', 'official'] as const;

/**
 * The physics corrector with the preset that is least biased under repetition (`fixed`); the same without the simulation (`cleaned`), so that
 * what simulating adds can be told from what cleaning does; or with the defects of the `official` code ({@link MotionSettings.fidelity}).
 */
export function physicsCorrector(
  { settings, threads, fid }: Surroundings,
  way: (typeof PHYSICS)[number] = 'fixed',
): Corrector<MotionSamples> {
  const options: CorrectOptions = {
    fps: way === 'official' ? OFFICIAL_FPS : FPS,
    preset: 'loop',
    assist: way === 'official' ? UNBOUNDED : { force: settings.assistForce, torque: settings.assistTorque },
    simulate: way !== 'cleaned',
    threads,
  };
  return {
    async correct(samples, { signal, onProgress }) {
      const { frames, labels } = samples;
      const joints = jointsOf(samples);
      const { motions, reports } = await correctBatch(
        Array.from({ length: labels.length }, (_, i) => ({ joints: motionAt(joints, frames, i) })),
        {
          ...options,
          signal,
          onProgress: ({ done, total }) => onProgress?.(done, total),
        },
      );
      const corrected = fromJoints(
        motions.map((motion) => motion.joints),
        samples,
      );
      corrected.corrections = reports.map(({ status, residualForce }) => ({
        status,
        residualForce: residualForce.mean,
      }));
      const notes = reports.map(({ status, rung, residualForce }) => ({
        ok: way === 'official' || status === 'ok' || status === 'assisted',
        status,
        rung,
        scores: { residualForce: residualForce.mean },
      }));
      const status: Record<string, number> = {};
      for (const report of reports) status[report.status] = (status[report.status] ?? 0) + 1;
      const tracked = reports.filter((report) => report.status === 'ok' || report.status === 'assisted');
      const mean = (value: (report: (typeof reports)[number]) => number): number =>
        tracked.reduce((sum, report) => sum + value(report), 0) / Math.max(1, tracked.length);
      return {
        samples: corrected,
        notes,
        report: {
          status,
          residual: mean((report) => report.residualForce.mean),
          support: mean((report) => report.support),
          distance: rootRelativeDistance(
            motions.map((motion) => motion.joints),
            joints,
          ),
          ...change(samples, corrected, fid),
        },
      };
    },
  };
}

/**
 * {@link Calibration} of the whole set, and then another corrector: physics alone takes away the high frequencies that a wider draw restored,
 * calibration alone knows no ground.
 */
export function calibratingCorrector(
  { fid }: Surroundings,
  calibration: Calibration,
  next?: Corrector<MotionSamples>,
): Corrector<MotionSamples> {
  return {
    async correct(samples, context) {
      const { frames, labels } = samples;
      const moved = jointsOf({ frames, labels, features: calibration.apply(samples) });
      const list = (joints: Float32Array): Float32Array[] =>
        Array.from({ length: labels.length }, (_, i) => motionAt(joints, frames, i));
      const calibrated = fromJoints(list(moved), samples);
      const made = await next?.correct(calibrated, context);
      const result = made?.samples ?? calibrated;
      return {
        samples: result,
        notes: made?.notes,
        report: {
          ...(made?.report ?? { status: { ok: labels.length } }),
          distance: rootRelativeDistance(list(jointsOf(result)), jointsOf(samples)),
          ...change(samples, result, fid),
        },
      };
    },
  };
}

/** Deviation of the Gaussian that smooths the placebo over time [frames]. */
const SIGMA = 2;

/**
 * The control: every joint displaced by smooth noise (white, Gaussian-filtered over 2 frames) of the same mean root-relative size as
 * the physics correction of that generation. It breaks a model's agreement with itself as much as a correction does, and knows no physics.
 */
export function placeboCorrector({ settings, fid }: Surroundings): Corrector<MotionSamples> {
  return {
    async correct(samples, { seed, generation, matched }) {
      const { frames, labels } = samples;
      const joints = jointsOf(samples);
      const target = typeof matched?.distance === 'number' ? matched.distance : settings.placeboDistance;
      const fields = Array.from({ length: labels.length }, (_, i) =>
        smoothNoise(frames, seed, generation, i),
      );
      const zero = new Float32Array(joints.length);
      const scale = target / rootRelativeDistance(fields, zero);
      const moved = fields.map((field, i) => {
        const from = motionAt(joints, frames, i);
        return field.map((value, k) => from[k] + scale * value);
      });
      const corrected = fromJoints(moved, samples);
      return {
        samples: corrected,
        report: {
          status: { ok: labels.length },
          distance: rootRelativeDistance(moved, joints),
          ...change(samples, corrected, fid),
        },
      };
    },
  };
}

/** Smooth noise [frames, 22, 3] of about unit size, stationary in time. */
export function smoothNoise(frames: number, ...key: StageKey): Float32Array {
  const reach = 4 * SIGMA;
  const [seed, generation, item] = key;
  const white = new Random(seed, 'placebo', generation, item).normals(
    new Float32Array((frames + 2 * reach) * FRAME_SIZE),
  );
  const kernel = Float64Array.from({ length: 2 * reach + 1 }, (_, k) =>
    Math.exp(-0.5 * ((k - reach) / SIGMA) ** 2),
  );
  const norm = Math.sqrt(kernel.reduce((sum, value) => sum + value * value, 0));
  const out = new Float32Array(frames * FRAME_SIZE);
  for (let i = 0; i < out.length; i++) {
    let sum = 0;
    for (let k = 0; k < kernel.length; k++) sum += kernel[k] * white[i + k * FRAME_SIZE];
    out[i] = sum / norm;
  }
  return out;
}
type StageKey = [StageContext['seed'], StageContext['generation'], item: number];

/** Joints back to samples, put in their standard place; the exact last step is not known and repeats the one before. */
function fromJoints(motions: readonly Float32Array[], like: MotionSamples): MotionSamples {
  const features = new Float32Array(like.features.length);
  const size = features.length / motions.length;
  motions.forEach((joints, i) => {
    features.set(encodeWindow(joints, like.frames), i * size);
  });
  return { frames: like.frames, features, labels: like.labels };
}

/** Mean over joints and frames of how far joints moved relative to the pelvis [mm]. */
function rootRelativeDistance(motions: readonly Float32Array[], joints: Float32Array): number {
  let sum = 0;
  let count = 0;
  motions.forEach((motion, i) => {
    const before = joints.subarray(i * motion.length, (i + 1) * motion.length);
    for (let at = 0; at < motion.length; at += FRAME_SIZE)
      for (let k = at; k < at + FRAME_SIZE; k += 3) {
        let squares = 0;
        for (let axis = 0; axis < 3; axis++) {
          const moved = motion[k + axis] - before[k + axis];
          squares += (moved - (motion[at + axis] - before[at + axis])) ** 2;
        }
        if (Number.isFinite(squares)) {
          sum += Math.sqrt(squares);
          count++;
        }
      }
  });
  return (1000 * sum) / Math.max(1, count);
}

/** What a correction did to the set: the alarms of a biased corrector. */
function change(
  before: MotionSamples,
  after: MotionSamples,
  fid: Surroundings['fid'],
): Omit<CorrectionReport, 'status'> {
  const [a, b] = [before, after].map((samples) => {
    const joints = jointsOf(samples);
    return { fid: fid(joints), ...meanPlausibility(measureEach(joints, samples.frames, FPS)) };
  });
  const ratio = (above: number, below: number): number => (below > 0 ? above / below : 1);
  return {
    fidBefore: a.fid,
    fidAfter: b.fid,
    physErrBefore: a.physErr,
    physErrAfter: b.physErr,
    speedRatio: ratio(b.rootSpeed, a.rootSpeed),
    jerkRatio: ratio(b.jerk, a.jerk),
  };
}

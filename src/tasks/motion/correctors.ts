import { correctBatch } from '../../correct/correct.js';
import type { Device } from '../../correct/device.js';
import type { CorrectOptions } from '../../correct/options.js';
import type { CorrectionReport } from '../../loop/layout.js';
import type { Corrector, SampleNote, StageContext } from '../../loop/task.js';
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
  device?: Device;
  /** Frechet distance of joints to held-out real motion. */
  fid(joints: Float32Array): number;
}

/** One thing that a corrector does to a set of motions. */
type Step = (
  samples: MotionSamples,
  context: Parameters<Corrector<MotionSamples>['correct']>[1],
) => Promise<{
  /** Each motion's joints [frames, 22, 3], anywhere on the floor. */
  motions: readonly Float32Array[];
  corrections?: MotionSamples['corrections'];
  notes?: SampleNote[];
  report?: CorrectionReport;
}>;

/** The corrector that takes these steps, one after another; what all of them did to the set is measured once. */
function corrector({ fid }: Surroundings, ...steps: readonly Step[]): Corrector<MotionSamples> {
  return {
    async correct(samples, context) {
      const { labels } = samples;
      let now = samples;
      let last: Awaited<ReturnType<Step>> = { motions: [] };
      for (const step of steps) {
        last = await step(now, context);
        now = fromJoints(last.motions, now);
      }
      const { motions, corrections, notes, report } = last;
      now.corrections = corrections;
      return {
        samples: now,
        notes,
        report: {
          ...(report ?? { status: { ok: labels.length } }),
          distance: rootRelativeDistance(motions, jointsOf(samples)),
          ...change(samples, now, fid),
        },
      };
    },
  };
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
export const physicsCorrector = (
  around: Surroundings,
  way: (typeof PHYSICS)[number] = 'fixed',
): Corrector<MotionSamples> => corrector(around, physicsStep(around, way));

function physicsStep({ settings, threads, device }: Surroundings, way: (typeof PHYSICS)[number]): Step {
  const options: CorrectOptions = {
    fps: way === 'official' ? OFFICIAL_FPS : FPS,
    preset: 'loop',
    assist: way === 'official' ? UNBOUNDED : { force: settings.assistForce, torque: settings.assistTorque },
    simulate: way !== 'cleaned',
    threads,
    device,
  };
  return async (samples, { signal, onProgress }) => {
    const { motions, reports } = await correctBatch(
      motionsOf(samples).map((joints) => ({ joints })),
      {
        ...options,
        signal,
        onProgress: ({ done, total }) => onProgress?.(done, total),
      },
    );
    const status: Record<string, number> = {};
    for (const report of reports) status[report.status] = (status[report.status] ?? 0) + 1;
    const tracked = reports.filter((report) => report.status === 'ok' || report.status === 'assisted');
    const mean = (value: (report: (typeof reports)[number]) => number): number =>
      tracked.reduce((sum, report) => sum + value(report), 0) / Math.max(1, tracked.length);
    return {
      motions: motions.map(({ joints }) => joints),
      corrections: reports.map(({ status, residualForce }) => ({
        status,
        residualForce: residualForce.mean,
      })),
      notes: reports.map(({ status, rung, residualForce }) => ({
        ok: way === 'official' || status === 'ok' || status === 'assisted',
        status,
        rung,
        scores: { residualForce: residualForce.mean },
      })),
      report: {
        status,
        residual: mean((report) => report.residualForce.mean),
        support: mean((report) => report.support),
      },
    };
  };
}

/**
 * {@link Calibration} of the whole set, and then physics too where `way` says how: physics alone takes away the high frequencies that a wider
 * draw restored, calibration alone knows no ground.
 */
export function calibratingCorrector(
  around: Surroundings,
  calibration: Calibration,
  way?: (typeof PHYSICS)[number],
): Corrector<MotionSamples> {
  const calibrate: Step = async ({ frames, features, labels }) => ({
    motions: motionsOf({ frames, labels, features: calibration.apply({ frames, features, labels }) }),
  });
  return corrector(around, calibrate, ...(way ? [physicsStep(around, way)] : []));
}

/** Deviation of the Gaussian that smooths the placebo over time [frames]. */
const SIGMA = 2;

/**
 * The control: every joint displaced by smooth noise (white, Gaussian-filtered over 2 frames) of the same mean root-relative size as
 * the physics correction of that generation. It breaks a model's agreement with itself as much as a correction does, and knows no physics.
 */
export function placeboCorrector(around: Surroundings): Corrector<MotionSamples> {
  const { settings } = around;
  return corrector(around, async (samples, { seed, generation, matched }) => {
    const { frames } = samples;
    const motions = motionsOf(samples);
    const target = typeof matched?.distance === 'number' ? matched.distance : settings.placeboDistance;
    const fields = motions.map((_, i) => smoothNoise(frames, seed, generation, i));
    const scale =
      target / rootRelativeDistance(fields, new Float32Array(motions.length * frames * FRAME_SIZE));
    return {
      motions: fields.map((field, i) => field.map((value, k) => motions[i][k] + scale * value)),
    };
  });
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

/** Joints [frames, 22, 3] of every motion. */
function motionsOf(samples: MotionSamples): Float32Array[] {
  const joints = jointsOf(samples);
  return Array.from(samples.labels, (_, i) => motionAt(joints, samples.frames, i));
}

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

/**
 * What the corrector does to the distribution of a set of motions: percentiles of the joints' speed, acceleration and jerk,
 * and the Frechet distance in the space of the product's own metrics (24 principal components of 220 kinetic features).
 */
import { type FeatureMoments, featureMoments, frechetDistance } from '../../src/metrics/frechet.js';
import { kineticFeatures } from '../../src/metrics/kinetic-features.js';
import { PrincipalComponents, Standardiser } from '../../src/metrics/principal-components.js';
import { mirror } from '../../src/motion/mirror.js';
import { FRAME_SIZE } from '../../src/motion/motion.js';
import { cutWindow, windowStarts } from '../../src/motion/window.js';
import { type Clip, FPS } from './clips.js';

export const PERCENTILES = [5, 25, 50, 75, 95] as const;
/** Frames of a window: 3 s. */
export const WINDOW = 60;
const TRAIN_STRIDE = 10;
const COMPONENTS = 24;

export interface Derivatives {
  /** Percentiles 5, 25, 50, 75, 95 over all joints and frames: m/s, m/s^2, m/s^3. */
  speed: number[];
  acceleration: number[];
  jerk: number[];
}

export function derivatives(motions: readonly Float32Array[]): Derivatives {
  const of = (order: number): number[] => {
    const sizes: number[] = [];
    for (const joints of motions) {
      let values = Float64Array.from(joints);
      for (let k = 0; k < order; k++)
        values = Float64Array.from(
          { length: values.length - FRAME_SIZE },
          (_, i) => FPS * (values[i + FRAME_SIZE] - values[i]),
        );
      for (let i = 0; i < values.length; i += 3)
        sizes.push(Math.sqrt(values[i] ** 2 + values[i + 1] ** 2 + values[i + 2] ** 2));
    }
    const sorted = Float64Array.from(sizes).sort();
    return PERCENTILES.map((percent) => sorted[Math.floor((percent / 100) * (sorted.length - 1))]);
  };
  return { speed: of(1), acceleration: of(2), jerk: of(3) };
}

/** Windows of 3 s in their standard place, `stride` frames apart, of the clips of a split. */
export const windowsOf = (clips: readonly Clip[], split: string, stride: number): Float32Array[] =>
  clips
    .filter((clip) => clip.split === split)
    .flatMap(({ joints }) =>
      windowStarts(joints.length / FRAME_SIZE, WINDOW, stride).map((start) =>
        cutWindow(joints, start, WINDOW),
      ),
    );

/** The space of the Frechet distance, fitted on the windows of the training split and their mirror images. */
export class FeatureSpace {
  private constructor(
    private readonly standardiser: Standardiser,
    private readonly components: PrincipalComponents,
  ) {}

  static fit(clips: readonly Clip[]): FeatureSpace {
    const windows = windowsOf(clips, 'train', TRAIN_STRIDE);
    const raw = kineticFeatures(stack([...windows, ...windows.map(mirror)]), WINDOW, FPS);
    const standardiser = Standardiser.fit(raw);
    return new FeatureSpace(standardiser, PrincipalComponents.fit(standardiser.apply(raw), COMPONENTS));
  }

  /** Moments of windows of 3 s, each put in its standard place first. */
  moments(windows: readonly Float32Array[]): FeatureMoments {
    const placed = windows.map((joints) => cutWindow(joints, 0, WINDOW));
    return featureMoments(
      this.components.apply(this.standardiser.apply(kineticFeatures(stack(placed), WINDOW, FPS))),
    );
  }
}

export const distance = (a: FeatureMoments, b: FeatureMoments): number => frechetDistance(a, b);

function stack(windows: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(windows.length * WINDOW * FRAME_SIZE);
  windows.forEach((joints, i) => {
    out.set(joints, i * WINDOW * FRAME_SIZE);
  });
  return out;
}

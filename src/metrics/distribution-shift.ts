import { FRAME_SIZE } from '../motion/motion.js';
import { Random } from '../random/random.js';
import { featureMoments, frechetDistance } from './frechet.js';
import { KINETIC_FEATURE_COUNT, kineticFeatures } from './kinetic-features.js';
import { PrincipalComponents, Standardiser } from './principal-components.js';
import { newTable, type Table, takeRows } from './table.js';

const COMPONENTS = 24;
const REDRAWS = 64;
/** Standard deviations of the difference that count as more than noise. */
const BEYOND = 2;
const SHORTEST = 3;

/** What a correction did to a set of motions as a distribution. */
export interface DistributionShift {
  /** Motions in each of the two sets. */
  count: number;
  /** Frechet distance of the motions before to those after. */
  change: number;
  /** With real motion: where it was and where it is, at the same count. */
  real?: {
    /** Frechet distance to real motion before and after. */
    before: number;
    after: number;
    /** Standard deviation of after - before over redraws of the motions. */
    noise: number;
  };
  /** The motions after are farther from real motion than those before, by more than twice the noise. */
  farther: boolean;
  /** What that means, in words, when they are. */
  warning?: string;
}

type Motions = readonly { joints: Float32Array }[];

function featuresOf(motions: Motions, fps: number, name: string): Table {
  if (motions.length < 2)
    throw new RangeError(`Expected two motions or more for ${name} but received ${motions.length}`);
  const table = newTable(motions.length, KINETIC_FEATURE_COUNT);
  motions.forEach(({ joints }, i) => {
    const frames = joints.length / FRAME_SIZE;
    if (!(Number.isInteger(frames) && frames >= SHORTEST))
      throw new RangeError(
        `Expected ${SHORTEST} frames or more of ${FRAME_SIZE} numbers for ${name}[${i}].joints but received ${joints.length} numbers`,
      );
    table.data.set(kineticFeatures(joints, frames, fps).data, i * KINETIC_FEATURE_COUNT);
  });
  return table;
}

/**
 * How a correction moved a set of motions: Frechet distances in 24 principal components of 220 kinetic features (those of the
 * `Evaluator`), which are fitted on the real motions, or on those before where there are none. Motion i before and after are a
 * pair: redrawing pairs (the bootstrap, Efron 1979) tells how much of a difference is chance.
 * @param before, after as many motions each, of any lengths, in the same order; leave rejected ones out of both.
 * @param real real motions of about the same lengths; 200 or more for a distance that means something.
 * @throws RangeError for unequal counts, fewer than two motions, or fewer than three frames.
 */
export function distributionShift(
  before: Motions,
  after: Motions,
  real?: Motions,
  fps = 20,
): DistributionShift {
  if (before.length !== after.length)
    throw new RangeError(
      `Expected as many motions for after as for before, ${before.length}, but received ${after.length}`,
    );
  const raw = featuresOf(before, fps, 'before');
  const corrected = featuresOf(after, fps, 'after');
  const basis = real ? featuresOf(real, fps, 'real') : raw;
  const standardiser = Standardiser.fit(basis);
  const components = PrincipalComponents.fit(standardiser.apply(basis), COMPONENTS);
  const inSpace = (features: Table): Table => components.apply(standardiser.apply(features));
  const [a, b] = [inSpace(raw), inSpace(corrected)];
  const count = before.length;
  const change = frechetDistance(featureMoments(a), featureMoments(b));
  if (!real) return { count, change, farther: false };

  const target = featureMoments(inSpace(basis));
  const distance = (features: Table): number => frechetDistance(featureMoments(features), target);
  const random = new Random(0, 'distribution shift');
  const differences = Float64Array.from({ length: REDRAWS }, () => {
    const drawn = Int32Array.from({ length: count }, () => random.integer(count));
    return distance(takeRows(b, drawn)) - distance(takeRows(a, drawn));
  });
  const mean = differences.reduce((sum, value) => sum + value, 0) / REDRAWS;
  const noise = Math.sqrt(differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (REDRAWS - 1));
  const distances = { before: distance(a), after: distance(b), noise };
  const farther = distances.after - distances.before > BEYOND * noise;
  return {
    count,
    change,
    real: distances,
    farther,
    ...(farther
      ? {
          warning:
            `The ${count} corrected motions are farther from real motion than they were: Frechet distance ` +
            `${distances.before.toFixed(3)} before, ${distances.after.toFixed(3)} after, ${noise.toFixed(3)} of noise. ` +
            'A generator trained on them would learn that difference.',
        }
      : {}),
  };
}

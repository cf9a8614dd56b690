/** The loss of the motion diffusion model: the distance of its prediction to the clean motion, and of their geometry. */
import {
  add,
  concat,
  div,
  gatherRows,
  meanSquaredError,
  mul,
  type RandomStream,
  reshape,
  slice,
  square,
  sub,
  sum,
  type Value,
} from '../../graph/index.js';
import type { MotionDiffusionConfig } from './config.js';
import { denoise } from './denoiser.js';
import { differences, type WorldJoints, worldJoints } from './geometry.js';
import { frameMask } from './mask.js';
import type { Normalisation } from './normalisation.js';
import { cosineSchedule } from './schedule.js';

/** Weights of the geometric losses (Tevet et al. 2023, equations 3 to 5), in the world and in metres; for HumanML3D features. */
export interface GeometricWeights {
  /** Of the squared distance of the joints, [1/m²]. */
  position?: number;
  /** Of the squared distance of their steps from frame to frame, [1/m²]. */
  velocity?: number;
  /** Of the squared steps of ankles and feet where the clean motion has contact, [1/m²]. */
  foot?: number;
}
export const GEOMETRIC_TERMS = ['position', 'velocity', 'foot'] as const;

/** Ankles and feet in the order of the four contact labels, the last features. */
const FEET = [7, 10, 8, 11];
const CONTACTS = 259;

/** Mean of squares [batch, frames, n] over the frames of each motion and n, then over the batch. */
function meanOver(squares: Value, mask: Value | undefined): Value {
  const [batch, frames, width] = squares.shape;
  const { graph } = squares;
  if (!mask) return mul(sum(squares, [0, 1, 2]), graph.scalar(1 / (batch * frames * width)));
  const present = sum(mask, [1], true);
  const shares = div(mask, mul(present, graph.scalar(batch * width)));
  return sum(mul(squares, reshape(shares, [batch, frames, 1])), [0, 1, 2]);
}

function geometric(
  predicted: WorldJoints,
  clean: WorldJoints,
  contacts: Value,
  inputs: Record<string, Value>,
  mask: Value | undefined,
): Value[] {
  const axes = ['x', 'y', 'z'] as const;
  const total = (of: (axis: 'x' | 'y' | 'z') => Value) => axes.map((axis) => square(of(axis))).reduce(add);
  const frames = contacts.shape[1];
  const steps = mask && slice(mask, 1, 1, frames);
  const terms: Record<(typeof GEOMETRIC_TERMS)[number], () => Value> = {
    position: () =>
      meanOver(
        total((axis) => sub(predicted[axis], clean[axis])),
        mask,
      ),
    velocity: () =>
      meanOver(
        total((axis) => sub(differences(predicted[axis]), differences(clean[axis]))),
        steps,
      ),
    foot: () => {
      const touching = slice(contacts, 1, 0, frames - 1);
      const feet = (axis: 'x' | 'y' | 'z') =>
        concat(
          FEET.map((joint) => slice(differences(predicted[axis]), 2, joint, joint + 1)),
          2,
        );
      return meanOver(mul(total(feet), touching), steps);
    },
  };
  return GEOMETRIC_TERMS.filter((name) => inputs[name]).map((name) => mul(inputs[name], terms[name]()));
}

/**
 * The loss as a graph: noise of a drawn timestep is added to the clean motions, and the denoiser must give them back.
 * Inputs of a step: `clean` [batch, frames, D] normalised; `timesteps` int64 [batch]; `condition`; `lengths` int64 [batch] if
 * there is padding; `position`, `velocity`, `foot` [] if these terms count.
 */
export function motionLoss(config: MotionDiffusionConfig, { mean, deviation }: Normalisation) {
  const alphaBar = cosineSchedule(config.diffusionSteps);
  return (p: Record<string, Value>, inputs: Record<string, Value>, random: RandomStream): Value => {
    const { clean, timesteps, condition, lengths } = inputs;
    const root = clean.graph.root;
    const table = (values: Float64Array) =>
      root.constant('float32', [values.length, 1, 1], Float32Array.from(values));
    const signal = gatherRows(table(alphaBar.map(Math.sqrt)), timesteps);
    const noise = gatherRows(table(alphaBar.map((share) => Math.sqrt(1 - share))), timesteps);
    const noisy = add(mul(clean, signal), mul(random.normals(clean.shape), noise));
    const mask = lengths && frameMask(lengths, clean.shape[1]);
    const predicted = denoise(config, p, noisy, { timesteps, condition, mask, random });
    const loss = mask ? meanOver(square(sub(predicted, clean)), mask) : meanSquaredError(predicted, clean);
    if (!GEOMETRIC_TERMS.some((name) => inputs[name])) return loss;
    const row = (values: Float32Array) => root.constant('float32', [values.length], values);
    const real = (x: Value) => add(mul(x, row(deviation)), row(mean));
    const truth = real(clean);
    const contacts = slice(truth, 2, CONTACTS, CONTACTS + FEET.length);
    return [
      loss,
      ...geometric(worldJoints(real(predicted)), worldJoints(truth), contacts, inputs, mask),
    ].reduce(add);
  };
}

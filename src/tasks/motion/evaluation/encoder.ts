import {
  dense,
  denseParameters,
  type InitialisedParameter,
  type Parameters,
  type TrainableModel,
} from '../../../generator/index.js';
import {
  add,
  concat,
  conv1d,
  crossEntropy,
  type Dropout,
  div,
  matmul,
  max,
  mean,
  meanSquaredError,
  oneHot,
  reshape,
  scale,
  shift,
  silu,
  slice,
  sqrt,
  square,
  sub,
  sum,
  transpose,
  transposeLast,
  type Value,
} from '../../../graph/index.js';
import { CHANNELS } from './channels.js';

/** Size of the embedding of a motion. */
export const EMBEDDING = 32;
/** Size of the space that motions and conditions share. */
const SHARED = 32;
const WIDTH = 96;
const HIDDEN = 128;
const DECODER = 256;
/** Frames a kernel spans; every layer halves the frames. */
const KERNEL = 5;
/** Channels after each convolution. */
const CONVOLUTIONS = [WIDTH, WIDTH, WIDTH];
/** Frames whose mean the decoder gives back as one. */
const BLOCK = 4;
const TEMPERATURE = 0.1;
/** Weight of the reconstruction beside the contrast. */
const RECONSTRUCTION = 1;
const DROPOUT = 0.2;
/** Added to the score of a pair that must not count: its share of the sum becomes 0. */
const EXCLUDED = -1000;

/** What names of the decoder's parameters begin with. */
const DECODE = 'decode';

/** What the evaluator's networks are built from. */
export interface EncoderConfig {
  frames: number;
  /** Conditions. */
  classes: number;
}

/** Networks of {@link encoderModel}: their parameters in the order of the file. */
function parametersOf({ frames, classes }: EncoderConfig): InitialisedParameter[] {
  let channels = CHANNELS;
  const convolutions = CONVOLUTIONS.flatMap((width, layer): InitialisedParameter[] => {
    const start = { bound: 1 / Math.sqrt(channels * KERNEL) };
    const weight = { name: `conv${layer}.weight`, shape: [width, channels, KERNEL], start };
    channels = width;
    return [weight, { name: `conv${layer}.bias`, shape: [width], start }];
  });
  return [
    ...convolutions,
    ...denseParameters('hidden', 2 * channels, HIDDEN),
    ...denseParameters('embedding', HIDDEN, EMBEDDING),
    ...denseParameters('shared', EMBEDDING, SHARED),
    { name: 'conditions', shape: [classes, SHARED], start: { deviation: 1 / Math.sqrt(SHARED) } },
    ...denseParameters(`${DECODE}1`, EMBEDDING, DECODER),
    ...denseParameters(`${DECODE}2`, DECODER, Math.floor(frames / BLOCK) * CHANNELS),
  ];
}

/** The parameters that {@link encode} and the conditions' places need: what is kept of a trained model. */
export const encoderParameters = (config: EncoderConfig): string[] =>
  parametersOf(config)
    .map(({ name }) => name)
    .filter((name) => !name.startsWith(DECODE));

/** Rows of length 1. */
const unit = (x: Value): Value => div(x, sqrt(shift(sum(square(x), [-1], true), 1e-8)));

/**
 * Embedding [batch, 32] of motions [batch, frames, channels], and its place [batch, 32], of length 1, in the space shared with conditions:
 * convolutions over time, their mean and maximum over time, two layers.
 */
export function encode(
  p: Parameters,
  motions: Value,
  dropout: Dropout = (x) => x,
): { embedding: Value; shared: Value } {
  let x = dropout(transpose(motions, [0, 2, 1]));
  CONVOLUTIONS.forEach((_, layer) => {
    const bias = p[`conv${layer}.bias`];
    x = silu(conv1d(x, p[`conv${layer}.weight`], { bias, stride: 2, padding: KERNEL >> 1 }));
  });
  const pooled = concat([mean(x, [2]), max(x, [2])], 1);
  const embedding = dense(p, 'embedding', silu(dense(p, 'hidden', dropout(pooled))));
  return { embedding, shared: unit(dense(p, 'shared', embedding)) };
}

/**
 * Symmetric InfoNCE (van den Oord et al., arXiv 1807.03748; CLIP, Radford et al., ICML 2021) of motions and their conditions: with
 * s_ij = u_i . c_j / temperature over a batch, the mean of -ln softmax_j(s_ij)_i and -ln softmax_i(s_ij)_j. Pairs i != j of one label are
 * no mismatch and are left out of both sums, as TMR does with captions that mean the same (Petrovich et al., ICCV 2023, 3.2).
 * @param motions, conditions [batch, d], rows of length 1
 * @param labels int64 [batch]
 */
export function contrastiveLoss(
  motions: Value,
  conditions: Value,
  labels: Value,
  classes: number,
  temperature = TEMPERATURE,
): Value {
  const { graph } = motions;
  const [batch] = motions.shape;
  const of = oneHot(labels, classes);
  const positions = graph.integers(Array.from({ length: batch }, (_, i) => i));
  const alike = matmul(of, transposeLast(of));
  const others = scale(sub(alike, oneHot(positions, batch)), EXCLUDED);
  const scores = add(scale(matmul(motions, transposeLast(conditions)), 1 / temperature), others);
  return scale(add(crossEntropy(scores, positions), crossEntropy(transposeLast(scores), positions)), 0.5);
}

/** Means of blocks of 4 frames: [batch, frames, channels] -> [batch, frames / 4 * channels]. */
function blockMeans(x: Value): Value {
  const [batch, frames, channels] = x.shape;
  const blocks = Math.floor(frames / BLOCK);
  const whole = slice(x, 1, 0, blocks * BLOCK);
  return reshape(mean(reshape(whole, [batch, blocks, BLOCK, channels]), [2]), [batch, blocks * channels]);
}

/**
 * An encoder of motions and one of conditions, trained on pairs: the contrast of the two, as the evaluator of Guo et al. (CVPR 2022)
 * has it (there with a margin), and beside it the reconstruction of the motion from its embedding, which
 * keeps in the embedding what tells motions of one condition apart (TEMOS, Petrovich et al., ECCV 2022; TMR finds both together best).
 * Inputs: `motions` float [batch, frames, CHANNELS], `labels` int64 [batch].
 */
export function encoderModel(config: EncoderConfig): TrainableModel {
  return {
    parameters: parametersOf(config),
    loss(p, { motions, labels }, random) {
      const { embedding, shared } = encode(p, motions, (x) => random.dropout(x, DROPOUT));
      const wanted = matmul(oneHot(labels, config.classes), unit(p.conditions));
      const decoded = dense(p, `${DECODE}2`, silu(dense(p, `${DECODE}1`, embedding)));
      const reconstruction = meanSquaredError(decoded, blockMeans(motions));
      const contrast = contrastiveLoss(shared, wanted, labels, config.classes);
      return add(contrast, scale(reconstruction, RECONSTRUCTION));
    },
    recipe: { module: import.meta.url, name: 'encoderModel', args: [config] },
  };
}

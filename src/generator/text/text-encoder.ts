/**
 * Captions as vectors: a small transformer encoder (Vaswani et al. 2017) over a text's tokens, trained along with the model
 * it conditions. The output is a linear map of the last state of `<start>`, which attends to every word.
 */
import {
  add,
  cast,
  gatherRows,
  minimum,
  reshape,
  sinusoidalPositions,
  slice,
  type Value,
} from '../../graph/index.js';
import {
  attend,
  dense,
  denseParameters,
  encoderLayerParameters,
  feed,
  type Parameters,
} from '../training/layers.js';
import type { InitialisedParameter } from '../training/model.js';

export interface TextEncoderConfig {
  /** Number of tokens. */
  vocabulary: number;
  /** Width of the output. */
  dModel: number;
}

/** With two layers words can say something of each other ("left" of "leg") before the text is summed up. */
const LAYERS = 2;
const HEADS = 4;

/** Width inside the encoder: half of the output's, a multiple of 8 so that heads and sines come out even. */
const widthOf = (dModel: number): number => 8 * Math.max(1, Math.round(dModel / 16));

/** Parameters of the encoder, in a fixed order: all begin with `text.`. */
export function textEncoderParameters({ vocabulary, dModel }: TextEncoderConfig): InitialisedParameter[] {
  const width = widthOf(dModel);
  return [
    { name: 'text.embedding.weight', shape: [vocabulary, width], start: { deviation: 1 } },
    ...Array.from({ length: LAYERS }, (_, i) =>
      encoderLayerParameters(`text.layers.${i}`, width, 4 * width),
    ).flat(),
    ...denseParameters('text.output', width, dModel),
  ];
}

/**
 * Vectors [batch, dModel] of texts. A text's vector does not depend on how many `<pad>` follow it, nor on other texts.
 * `<start>` alone is a text too: "no condition".
 * @param p the parameters by name
 * @param tokens int64 [batch, maxTokens] as `Tokenizer` gives them
 */
export function encodeText(p: Parameters, tokens: Value): Value {
  const [batch, count] = tokens.shape;
  const table = p['text.embedding.weight'];
  const width = table.shape[1];
  const { root } = tokens.graph;
  // Tokens are whole numbers of 0 (<pad>) or more.
  const mask = minimum(cast(tokens, 'float32'), root.scalar(1));
  let h = add(gatherRows(table, tokens), sinusoidalPositions(root, count, width));
  for (let i = 0; i < LAYERS; i++) {
    const name = `text.layers.${i}`;
    h = attend(p, name, h, HEADS, mask);
    if (i + 1 === LAYERS) h = slice(h, 1, 0, 1); // only `<start>` is read from here on
    h = feed(p, name, h);
  }
  return dense(p, 'text.output', reshape(h, [batch, width]));
}

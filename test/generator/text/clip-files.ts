// A made-up CLIP text model: a few merges, a vocabulary for them, and an ONNX file whose answers can be computed by hand.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  cast,
  Graph,
  gatherRows,
  mul,
  reshape,
  scale,
  sum,
  UNKNOWN,
  type Value,
} from '../../../src/graph/index.js';

/** Characters that stand for the 256 bytes, in the order of their bytes (Latin-1's unprintable ones from U+0100 on). */
const UNPRINTABLE = [...Array(33).keys(), ...Array.from({ length: 34 }, (_, i) => 127 + i), 173];
export const BYTES = Array.from({ length: 256 }, (_, byte) =>
  String.fromCodePoint(UNPRINTABLE.includes(byte) ? 256 + UNPRINTABLE.indexOf(byte) : byte),
);

export const MERGES = [
  'w a',
  'wa l',
  'k s</w>',
  'wal ks</w>',
  'a l',
  'l k</w>',
  'r u',
  'ru n</w>',
  'Ã ©</w>',
];

/** Byte symbols 0..255, then those that end a word, then the merges in their order, then start and end. */
export const VOCABULARY: string[] = [
  ...BYTES,
  ...BYTES.map((symbol) => `${symbol}</w>`),
  ...MERGES.map((pair) => pair.replace(' ', '')),
  '<|startoftext|>',
  '<|endoftext|>',
];
export const START = VOCABULARY.length - 2;
export const END = VOCABULARY.length - 1;
export const vocabularyJson = (tokens = VOCABULARY) =>
  JSON.stringify(Object.fromEntries(tokens.map((token, i) => [token, i])));
export const mergesText = (merges = MERGES) => `#version: 0.2\n${merges.join('\n')}\n`;

export interface ModelOptions {
  texts?: number;
  tokens?: number;
  dtype?: 'int64' | 'int32';
  mask?: boolean;
  output?: string;
  /** Rows of the table; fewer than tokens make a model that does not fit the vocabulary. */
  rows?: number;
  input?: string;
}

/** Number c of the vector that the table has for a token. */
export const entry = (token: number, c: number) => ((token * 7 + c * 3) % 11) - 5;
export const SIZE = 3;

/**
 * With a vector a text: the sum over its tokens (those of the mask) of position x entry; with `last_hidden_state`, a vector a
 * token: position x entry. Positions count from 1.
 */
export function clipModel(options: ModelOptions = {}): Uint8Array {
  const { texts = 2, tokens = 77, dtype = 'int64', mask = true, output = 'text_embeds' } = options;
  const { rows = VOCABULARY.length, input = 'input_ids' } = options;
  const graph = new Graph();
  const ids = cast(graph.input(dtype, [texts, tokens], input), 'int64');
  const table = Float32Array.from({ length: rows * SIZE }, (_, i) => entry(Math.floor(i / SIZE), i % SIZE));
  const positions = Float32Array.from({ length: tokens }, (_, i) => i + 1);
  let weights: Value = graph.constant('float32', [1, tokens, 1], positions);
  if (mask) {
    const present = cast(graph.input(dtype, [texts, tokens], 'attention_mask'), 'float32');
    weights = mul(weights, reshape(present, [texts, tokens, 1]));
  }
  const states = mul(gatherRows(graph.constant('float32', [rows, SIZE], table), ids), weights);
  graph.output(output === 'last_hidden_state' ? states : scale(sum(states, [1]), 0.5), output);
  return graph.toModel();
}

/** A vector a token, the entry alone, of any number of texts. */
export function anyNumberModel(): Uint8Array {
  const graph = new Graph();
  const ids = graph.input('int64', [UNKNOWN, 77], 'input_ids');
  const table = Float32Array.from({ length: VOCABULARY.length * SIZE }, (_, i) =>
    entry(Math.floor(i / SIZE), i % SIZE),
  );
  graph.output(
    gatherRows(graph.constant('float32', [VOCABULARY.length, SIZE], table), ids),
    'last_hidden_state',
  );
  return graph.toModel();
}

export interface Files {
  model?: Uint8Array;
  vocabulary?: string;
  merges?: string;
}

/** A folder with the three files. */
export function clipFolder({ model = clipModel(), ...texts }: Files = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'clip-'));
  writeFileSync(join(folder, 'text_model.onnx'), model);
  writeFileSync(join(folder, 'vocab.json'), texts.vocabulary ?? vocabularyJson());
  writeFileSync(join(folder, 'merges.txt'), texts.merges ?? mergesText());
  return folder;
}

/** Conditions as numbers: what a batch carries of the classes, captions or embeddings its motions are asked for. */
import type { DType } from '../../graph/index.js';
import { mirrorCaption } from '../../motion/mirror-caption.js';
import { expectArgument, expectInteger } from '../errors.js';
import type { HostTensor } from '../runtime/protocol.js';
import { Tokenizer } from '../text/tokenizer.js';
import type { ConditionConfig } from './config.js';

/**
 * One condition a motion. Action: class numbers, `classes.length` for none, or names. Text: captions, of which a motion may
 * have several to choose from, '' for none. Embedding: `[motions, size]`, zeros for none. Left out if the model has none.
 */
export type Conditions = Int32Array | Float32Array | readonly (string | readonly string[])[];

type Row = Int32Array | Float32Array;

/** Encoded conditions of some motions. */
export interface EncodedConditions {
  dtype: DType;
  /** Shape of one motion's condition in a batch. */
  shape: readonly number[];
  /** "No condition", which training shows now and then so that sampling can be guided. */
  none: Row;
  /** The condition of a motion; `pick` in [0, 1) chooses among several. */
  of(item: number, pick: number, mirrored: boolean): Row;
}

function expectCount(conditions: Conditions, count: number): void {
  expectArgument(conditions.length === count, 'conditions', `${count}, one a motion`, conditions.length);
}

function encodeActions(classes: readonly string[], conditions: Conditions, count: number): EncodedConditions {
  expectCount(conditions, count);
  const numbers = new Map(classes.map((name, i) => [name, i]));
  const labels = Array.from({ length: count }, (_, i) => {
    const condition = conditions[i];
    if (typeof condition === 'number') {
      expectInteger(`conditions[${i}]`, condition, 0, classes.length);
      return condition;
    }
    const label = numbers.get(String(condition));
    expectArgument(label !== undefined, `conditions[${i}]`, `one of ${classes.join(', ')}`, condition);
    return label;
  });
  // "step left" seen in a mirror is "step right", if there is such a class.
  const mirrors = classes.map((name, i) => numbers.get(mirrorCaption(name)) ?? i);
  const rows = Array.from({ length: classes.length + 1 }, (_, label) => Int32Array.of(label));
  return {
    dtype: 'int64',
    shape: [],
    none: rows[classes.length],
    of: (item, _pick, mirrored) => rows[mirrored ? (mirrors[labels[item]] ?? labels[item]) : labels[item]],
  };
}

function encodeTexts(
  { vocabulary, maxTokens }: ConditionConfig & { kind: 'text' },
  conditions: Conditions,
  count: number,
  unknown: 'error' | 'keep',
): EncodedConditions {
  expectCount(conditions, count);
  const tokenizer = new Tokenizer(vocabulary, maxTokens);
  const known = new Map<string, Row>();
  const encode = (text: string): Row => {
    const row = known.get(text) ?? tokenizer.encode(text, { unknown }).tokens;
    known.set(text, row);
    return row;
  };
  const captions = Array.from({ length: count }, (_, i) => {
    const condition = conditions[i];
    const texts: readonly unknown[] = Array.isArray(condition) ? condition : [condition];
    expectArgument(
      texts.length > 0 && texts.every((text) => typeof text === 'string'),
      `conditions[${i}]`,
      'a caption or several',
      condition,
    );
    (texts as string[]).forEach(encode);
    return texts as string[];
  });
  return {
    dtype: 'int64',
    shape: [maxTokens],
    none: encode(''),
    of: (item, pick, mirrored) => {
      const text = captions[item][Math.floor(pick * captions[item].length)];
      return encode(mirrored ? mirrorCaption(text) : text);
    },
  };
}

function encodeEmbeddings(size: number, conditions: Conditions, count: number): EncodedConditions {
  expectArgument(conditions instanceof Float32Array, 'conditions', 'a Float32Array', typeof conditions);
  expectArgument(
    conditions.length === count * size,
    'conditions',
    `${count} embeddings of ${size} numbers`,
    conditions.length,
  );
  return {
    dtype: 'float32',
    shape: [size],
    none: new Float32Array(size),
    of: (item) => conditions.subarray(item * size, (item + 1) * size),
  };
}

/**
 * Encodes the conditions of `count` motions; undefined if the model has none.
 * @param unknown what a word outside the vocabulary is: an error, or the word `<unknown>`
 * @throws GeneratorError ERR_ARGUMENT
 */
export function encodeConditions(
  config: ConditionConfig,
  conditions: Conditions | undefined,
  count: number,
  unknown: 'error' | 'keep' = 'error',
): EncodedConditions | undefined {
  if (config.kind === 'none') {
    expectArgument(
      conditions === undefined,
      'conditions',
      'nothing, as the model has none,',
      typeof conditions,
    );
    return undefined;
  }
  expectArgument(conditions !== undefined, 'conditions', `one ${config.kind} a motion`, conditions);
  if (config.kind === 'action') return encodeActions(config.classes, conditions, count);
  if (config.kind === 'text') return encodeTexts(config, conditions, count, unknown);
  return encodeEmbeddings(config.size, conditions, count);
}

/** A tensor `[...leading, ...shape]` to fill with conditions, and how to fill its rows. */
export function conditionTensor(
  { dtype, shape }: EncodedConditions,
  leading: readonly number[],
): { tensor: HostTensor; put(row: number, condition: Row): void } {
  const width = shape.reduce((product, size) => product * size, 1);
  const length = leading.reduce((product, size) => product * size, width);
  if (dtype === 'float32') {
    const data = new Float32Array(length);
    const put = (row: number, condition: Row) => data.set(condition, row * width);
    return { tensor: { dtype, shape: [...leading, ...shape], data }, put };
  }
  const data = new BigInt64Array(length);
  const put = (row: number, condition: Row) =>
    condition.forEach((value, i) => {
      data[row * width + i] = BigInt(value);
    });
  return { tensor: { dtype, shape: [...leading, ...shape], data }, put };
}

/** Captions as numbers: a vocabulary of words fitted on the captions a model is trained on. */
import { expectArgument, expectInteger, GeneratorError } from '../errors.js';
import { closeTo, stem, wordsOf } from './words.js';

/** Fills the rest of a sequence; never read. */
export const PAD = 0;
/** First token of every text; alone it is the empty text, which stands for "no condition". */
export const START = 1;
/** Any word that the vocabulary has no token for. */
export const UNKNOWN = 2;
const SPECIAL = ['<pad>', '<start>', '<unknown>'];

export interface FitOptions {
  /** Words that occur less often become `<unknown>`. Default 1. */
  minimumCount?: number;
  /** Most entries of the vocabulary, special tokens included; the most frequent words stay. Default 8192. */
  maximumSize?: number;
}

export interface EncodedText {
  /** Token numbers [maxTokens]: `<start>`, the words, `<pad>`. */
  tokens: Int32Array;
  /** Words without a token, which `tokens` has as `<unknown>`. */
  unknown: string[];
  /** Words that are not in the vocabulary but another form of theirs is: [word, the form whose token it got]. */
  replaced: [word: string, by: string][];
  /** Words beyond `maxTokens`, which `tokens` does not have. */
  dropped: string[];
}

/**
 * Words of the captions, the most frequent first, equally frequent ones in the order of their letters, after the special
 * tokens `<pad>`, `<start>`, `<unknown>`: the number of a token is its position.
 */
export function fitVocabulary(captions: Iterable<string>, options: FitOptions = {}): string[] {
  const { minimumCount = 1, maximumSize = 8192 } = options;
  expectInteger('minimumCount', minimumCount, 1);
  expectInteger('maximumSize', maximumSize, SPECIAL.length);
  const counts = new Map<string, number>();
  for (const caption of captions)
    for (const word of wordsOf(caption)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const words = [...counts]
    .filter(([, count]) => count >= minimumCount)
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([word]) => word);
  return [...SPECIAL, ...words].slice(0, maximumSize);
}

/** Turns texts into tokens and back. */
export class Tokenizer {
  private readonly numbers: Map<string, number>;
  /** The most frequent word of each stem. */
  private readonly stems = new Map<string, number>();

  /**
   * @param vocabulary what `fitVocabulary` gave
   * @param maxTokens length of every encoded text, `<start>` included
   * @throws GeneratorError ERR_ARGUMENT
   */
  constructor(
    readonly vocabulary: readonly string[],
    readonly maxTokens: number,
  ) {
    expectInteger('maxTokens', maxTokens, 1);
    SPECIAL.forEach((token, i) =>
      expectArgument(vocabulary[i] === token, `vocabulary[${i}]`, token, vocabulary[i]),
    );
    this.numbers = new Map(vocabulary.map((word, number) => [word, number]));
    const repeated = vocabulary.find((word, number) => this.numbers.get(word) !== number);
    expectArgument(repeated === undefined, 'vocabulary', 'every word once', `'${repeated}' twice`);
    vocabulary.forEach((word, number) => {
      const key = stem(word);
      if (number >= SPECIAL.length && !this.stems.has(key)) this.stems.set(key, number);
    });
  }

  /**
   * Tokens of a text. A word that is not in the vocabulary gets the token of the most frequent word with its stem.
   * @param options.unknown what a word without a token does: `error` (default) refuses the text, `keep` makes it `<unknown>`
   * @throws GeneratorError ERR_ARGUMENT that lists the words and known ones that look like them
   */
  encode(text: string, options: { unknown?: 'error' | 'keep' } = {}): EncodedText {
    const result: EncodedText = {
      tokens: new Int32Array(this.maxTokens).fill(PAD),
      unknown: [],
      replaced: [],
      dropped: [],
    };
    result.tokens[0] = START;
    wordsOf(text).forEach((word, i) => {
      const known = this.numbers.get(word);
      const number = known ?? this.stems.get(stem(word)) ?? UNKNOWN;
      if (i + 1 >= this.maxTokens) result.dropped.push(word);
      else result.tokens[i + 1] = number;
      if (number === UNKNOWN) result.unknown.push(word);
      else if (known === undefined) result.replaced.push([word, this.vocabulary[number]]);
    });
    if (options.unknown !== 'keep' && result.unknown.length > 0)
      throw this.unknownWords(text, result.unknown);
    return result;
  }

  private unknownWords(text: string, words: readonly string[]): GeneratorError {
    const names = this.vocabulary.slice(SPECIAL.length);
    const listed = [...new Set(words)].map((word) => {
      const close = closeTo(word, names);
      return close.length > 0 ? `'${word}' (known: ${close.join(', ')})` : `'${word}'`;
    });
    return new GeneratorError(
      'ERR_ARGUMENT',
      `Expected words of the model's ${names.length} for the text '${text}' but received ${listed.join(', ')}`,
    );
  }

  /** Words of tokens, joined by spaces; `<start>` and `<pad>` are left out. */
  decode(tokens: ArrayLike<number>): string {
    return Array.from(tokens, (token) => {
      expectInteger('a token', token, 0, this.vocabulary.length - 1);
      return token === PAD || token === START ? '' : this.vocabulary[token];
    })
      .filter((word) => word !== '')
      .join(' ');
  }
}

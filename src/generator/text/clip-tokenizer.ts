/**
 * CLIP's tokens (Radford et al., "Learning transferable visual models from natural language supervision", ICML 2021,
 * section 2.4): byte-pair encoding (Sennrich et al., "Neural machine translation of rare words with subword units", ACL
 * 2016) of the bytes of lower-case words. Reads the files that CLIP checkpoints come with, `vocab.json` and `merges.txt`.
 */
import { expectInteger, GeneratorError } from '../errors.js';

const START = '<|startoftext|>';
const END = '<|endoftext|>';
/** Marks the last symbol of a word. */
const WORD_END = '</w>';

/** Contractions, words, single digits, runs of other signs. */
const PIECES = /'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+/gu;

/**
 * A visible character for every byte: Latin-1's printable ones stand for themselves, the others are U+0100, U+0101, ... in
 * their order.
 */
const BYTE_SYMBOLS: readonly string[] = (() => {
  let next = 0x100;
  const printable = (byte: number) =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xff && byte !== 0xad);
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : next++));
})();

export interface ClipTokens {
  /** Token numbers [length]: start, the text, end, and end again until the length is filled. */
  tokens: Int32Array;
  /** Number of tokens up to and with the first end. */
  count: number;
  /** Tokens of the text that did not fit. */
  dropped: number;
}

const wrong = (what: string, name: string, received: string): GeneratorError =>
  new GeneratorError('ERR_ARGUMENT', `Expected ${what} for ${name} but received ${received}`);

function parseVocabulary(text: string): Map<string, number> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw wrong('JSON', "CLIP's vocab.json", `'${text.slice(0, 40)}'`);
  }
  const entries = typeof parsed === 'object' && parsed !== null ? Object.entries(parsed) : [];
  if (entries.length === 0 || !entries.every(([, id]) => Number.isSafeInteger(id) && id >= 0))
    throw wrong('an object from tokens to numbers', "CLIP's vocab.json", `'${text.slice(0, 40)}'`);
  return new Map(entries as [string, number][]);
}

/** Pairs of symbols by `first second`, with their ranks. */
function parseMerges(text: string): Map<string, number> {
  const lines = text.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#version'));
  lines.forEach((line, i) => {
    if (!/^[^ ]+ [^ ]+$/.test(line))
      throw wrong('two symbols', `merge ${i + 1} of CLIP's merges.txt`, `'${line.slice(0, 40)}'`);
  });
  return new Map(lines.map((line, rank) => [line, rank]));
}

export class ClipTokenizer {
  private readonly numbers: Map<string, number>;
  private readonly ranks: Map<string, number>;
  private readonly known = new Map<string, readonly number[]>();
  private readonly start: number;
  private readonly end: number;

  /**
   * @param vocabulary content of `vocab.json`
   * @param merges content of `merges.txt`
   * @throws GeneratorError ERR_ARGUMENT if one is not such a file or they do not belong together
   */
  constructor(vocabulary: string, merges: string) {
    this.numbers = parseVocabulary(vocabulary);
    this.ranks = parseMerges(merges);
    this.start = this.numberOf(START);
    this.end = this.numberOf(END);
    for (const symbol of BYTE_SYMBOLS) {
      this.numberOf(symbol);
      this.numberOf(symbol + WORD_END);
    }
    for (const pair of this.ranks.keys()) this.numberOf(pair.replace(' ', ''));
  }

  private numberOf(symbol: string): number {
    const number = this.numbers.get(symbol);
    if (number === undefined)
      throw wrong(`a number for the token '${symbol}'`, "CLIP's vocab.json", `${this.numbers.size} others`);
    return number;
  }

  /** Tokens of one piece: its bytes, of which the pair that was merged first in training is joined until none is left. */
  private mergeBytes(piece: string): readonly number[] {
    let known = this.known.get(piece);
    if (known) return known;
    let symbols = Array.from(new TextEncoder().encode(piece), (byte) => BYTE_SYMBOLS[byte]);
    symbols[symbols.length - 1] += WORD_END;
    for (;;) {
      let best = '';
      let rank = Number.POSITIVE_INFINITY;
      for (let i = 0; i + 1 < symbols.length; i++) {
        const pair = `${symbols[i]} ${symbols[i + 1]}`;
        const own = this.ranks.get(pair) ?? Number.POSITIVE_INFINITY;
        if (own < rank) [best, rank] = [pair, own];
      }
      if (best === '') break;
      const joined: string[] = [];
      for (let i = 0; i < symbols.length; i++) {
        const together = i + 1 < symbols.length && `${symbols[i]} ${symbols[i + 1]}` === best;
        joined.push(together ? symbols[i] + symbols[++i] : symbols[i]);
      }
      symbols = joined;
    }
    known = symbols.map((symbol) => this.numberOf(symbol));
    this.known.set(piece, known);
    return known;
  }

  /**
   * Tokens of a text.
   * @param length tokens to fill, 77 for CLIP's own models
   * @throws GeneratorError ERR_ARGUMENT
   */
  encode(text: string, length = 77): ClipTokens {
    expectInteger('length', length, 2);
    const pieces = text.normalize('NFC').toLowerCase().match(PIECES) ?? [];
    const body = pieces.flatMap((piece) => this.mergeBytes(piece));
    const tokens = new Int32Array(length).fill(this.end);
    tokens[0] = this.start;
    const count = Math.min(body.length, length - 2);
    tokens.set(body.slice(0, count), 1);
    return { tokens, count: count + 2, dropped: body.length - count };
  }
}

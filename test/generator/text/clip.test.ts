import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ClipText } from '../../../src/generator/text/clip.js';
import { ClipTokenizer } from '../../../src/generator/text/clip-tokenizer.js';
import { rejection } from '../model.js';
import {
  anyNumberModel,
  BYTES,
  clipFolder,
  clipModel,
  END,
  entry,
  type Files,
  MERGES,
  type ModelOptions,
  mergesText,
  SIZE,
  START,
  VOCABULARY,
  vocabularyJson,
} from './clip-files.js';

const tokenizer = () => new ClipTokenizer(vocabularyJson(), mergesText());
const named = (text: string, length = 12) => {
  const { tokens, count } = tokenizer().encode(text, length);
  return [...tokens.subarray(0, count)].map((token) => VOCABULARY[token]);
};
const words = (text: string) => named(text).slice(1, -1);

test('bytes have the characters that published vocabularies have for them', () => {
  // spot checks: space, line feed, é's two bytes, the soft hyphen's byte, the first and the last
  assert.is(BYTES[0x20], 'Ġ');
  assert.is(BYTES[0x0a], 'Ċ');
  assert.is(BYTES[0xc3] + BYTES[0xa9], 'Ã©');
  assert.is(BYTES[0xad], '\u0143');
  assert.is(BYTES[0] + BYTES[255], 'Āÿ');
  assert.is(new Set(BYTES).size, 256);
});

test('pairs are merged in the order of the file until none is left', () => {
  // walks: w a l k s</w> -> wa l k s</w> -> wal k s</w> -> wal ks</w> -> walks</w>
  assert.equal(words('walks'), ['walks</w>']);
  // walk: w a l k</w> -> wa l k</w> -> wal k</w>; "a l" and "l k</w>" come later in the file and find nothing
  assert.equal(words('walk'), ['wal', 'k</w>']);
  // talk: t a l k</w> -> t al k</w>
  assert.equal(words('talk'), ['t', 'al', 'k</w>']);
  // every occurrence of a pair is merged, from the left
  assert.equal(words('wawaw'), ['wa', 'wa', 'w</w>']);
  assert.equal(words('run'), ['run</w>']);
  // "ru n</w>" is for the end of a word only
  assert.equal(words('runs'), ['ru', 'n', 's</w>']);
});

test('texts are cut as CLIP cuts them', () => {
  assert.equal(words('  Walks\n\tRUN '), ['walks</w>', 'run</w>']);
  assert.equal(words("it's"), ['i', 't</w>', "'", 's</w>']);
  // digits one by one, other signs in runs
  assert.equal(words('42?!'), ['4</w>', '2</w>', '?', '!</w>']);
  // é as one character or two: two bytes, merged
  assert.equal(words('\u00e9'), ['Ã©</w>']);
  assert.equal(words('e\u0301'), ['Ã©</w>']);
  assert.equal(words(''), []);
});

test('start and end enclose the text, end fills the rest, and what does not fit is told', () => {
  const { tokens, count, dropped } = tokenizer().encode('walks run', 6);
  const [walks, run] = ['walks</w>', 'run</w>'].map((token) => VOCABULARY.indexOf(token));
  assert.equal([...tokens], [START, walks, run, END, END, END]);
  assert.equal([count, dropped], [4, 0]);
  const cut = tokenizer().encode('walks run walk', 4);
  assert.equal([...cut.tokens], [START, walks, run, END]);
  assert.equal([cut.count, cut.dropped], [4, 2]);
  assert.is(tokenizer().encode('walks').tokens.length, 77);
});

test('files that are no vocabulary, no merges, or do not belong together are refused', () => {
  const refused = (vocabulary: string, merges: string, message: RegExp) =>
    assert.throws(() => new ClipTokenizer(vocabulary, merges), message);
  refused('a b', mergesText(), /Expected JSON for CLIP's vocab\.json but received 'a b'/);
  refused('{"a": "b"}', mergesText(), /object from tokens to numbers for CLIP's vocab\.json/);
  refused('null', mergesText(), /object from tokens to numbers/);
  refused(
    vocabularyJson(),
    'a b\na b c\n',
    /two symbols for merge 2 of CLIP's merges\.txt but received 'a b c'/,
  );
  refused(vocabularyJson(), mergesText([...MERGES, 'x y']), /number for the token 'xy' .* 523 others/);
  refused(vocabularyJson(VOCABULARY.slice(0, -1)), mergesText(), /for the token '<\|endoftext\|>'/);
  refused(vocabularyJson(VOCABULARY.slice(5)), mergesText(), /for the token 'Ā'/);
});

/** What the made-up model says of a text. */
function expected(text: string, options: ModelOptions = {}): number[] {
  const { tokens = 77, mask = true, output } = options;
  const encoded = tokenizer().encode(text, tokens);
  return Array.from({ length: SIZE }, (_, c) => {
    const terms = Array.from(encoded.tokens, (token, i) => (i + 1) * entry(token, c));
    if (output === 'last_hidden_state') return terms[encoded.count - 1];
    return 0.5 * terms.slice(0, mask ? encoded.count : tokens).reduce((a, b) => a + b);
  });
}

test('texts become the vectors of the model, whatever form it has', async () => {
  const texts = ['walks', 'run walks', '', 'a é 42', 'walks run walks run'];
  for (const options of [
    {},
    { texts: 3, dtype: 'int32', tokens: 8 },
    { mask: false, output: 'pooler_output', texts: 1 },
    { output: 'last_hidden_state', mask: false, texts: 8, tokens: 10 },
  ] as ModelOptions[]) {
    const folder = clipFolder({ model: clipModel(options) });
    const clip = await ClipText.open(folder);
    try {
      assert.is(clip.size, SIZE);
      const vectors = await clip.encode(texts);
      assert.equal(
        [...vectors],
        texts.flatMap((text) => expected(text, options)),
        JSON.stringify(options),
      );
      assert.is((await clip.encode([])).length, 0);
      const reason = new Error('enough');
      assert.is(await rejection(clip.encode(texts, { signal: AbortSignal.abort(reason) })), reason);
    } finally {
      await clip.close();
      rmSync(folder, { recursive: true });
    }
    assert.is((await rejection(clip.encode(texts))).code, 'ERR_CLOSED');
  }
});

test('a model that takes any number of texts gets them in batches', async () => {
  const folder = clipFolder({ model: anyNumberModel() });
  const clip = await ClipText.open(folder);
  const vectors = await clip.encode(Array.from({ length: 70 }, (_, i) => 'walks '.repeat(i % 3)));
  assert.equal(
    [...vectors],
    Array.from({ length: 70 * SIZE }, (_, i) => entry(END, i % SIZE)),
  );
  await clip.close();
  rmSync(folder, { recursive: true });
});

test('the three files may lie anywhere', async () => {
  const folder = clipFolder();
  const place = { model: 'a.onnx', vocabulary: 'b.json', merges: 'c.txt' };
  for (const [from, to] of [
    ['text_model.onnx', place.model],
    ['vocab.json', place.vocabulary],
    ['merges.txt', place.merges],
  ])
    renameSync(join(folder, from), join(folder, to));
  const at = (name: string) => join(folder, name);
  const files = { model: at(place.model), vocabulary: at(place.vocabulary), merges: at(place.merges) };
  const clip = await ClipText.open(files);
  assert.equal([...(await clip.encode(['run']))], expected('run'));
  await clip.close();
  const missing = await rejection(ClipText.open({ ...files, merges: at('d.txt') }));
  assert.match(missing.message, /Expected a file for the CLIP model but received ENOENT: .*d\.txt/);
  const noModel = await rejection(ClipText.open({ ...files, model: at('e.onnx') }));
  assert.match(noModel.message, /Expected a file for the CLIP model but received ENOENT: .*e\.onnx/);
  rmSync(folder, { recursive: true });
});

test('a wrong model is refused with what it has instead', async () => {
  const refusal = async (files: Files): Promise<Error & { code?: string }> => {
    const folder = clipFolder(files);
    const error = await rejection(ClipText.open(folder));
    rmSync(folder, { recursive: true });
    return error;
  };
  const cases: [Files, string, RegExp][] = [
    [
      { model: clipModel({ input: 'pixels' }) },
      'ERR_ARGUMENT',
      /model with input_ids .* received pixels int64/,
    ],
    [
      { model: clipModel({ output: 'logits' }) },
      'ERR_ARGUMENT',
      /text_embeds or .* received logits float32 \[2,3\]/,
    ],
    [{ model: clipModel({ rows: 100 }) }, 'ERR_RUNTIME', /.*/],
    [{ model: new Uint8Array(50) }, 'ERR_RUNTIME', /.*/],
    [{ vocabulary: '[]' }, 'ERR_ARGUMENT', /vocab\.json/],
  ];
  for (const [files, code, message] of cases) {
    const error = await refusal(files);
    assert.is(error.code, code, error.message);
    assert.match(error.message, message);
  }
  const empty = mkdtempSync(join(tmpdir(), 'clip-'));
  const error = await rejection(ClipText.open(empty));
  assert.match(
    error.message,
    /Expected text_model\.onnx or .* for the CLIP model in .* but received neither/,
  );
  rmSync(empty, { recursive: true });
});

test.run();

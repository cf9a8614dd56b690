import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { asDataset } from '../../../src/data/index.js';
import { proceduralMotions } from '../../../src/data/procedural/index.js';
import { fitVocabulary, Tokenizer } from '../../../src/generator/text/tokenizer.js';
import { closeTo, editDistance, stem, wordsOf } from '../../../src/generator/text/words.js';
import { parseCsv } from '../../../src/io/csv.js';
import { shared } from '../../io/shared-data.js';

const CAPTIONS = ['A person walks forward.', 'a person turns left, then walks on', 'a dancer spins'];
const small = (maxTokens = 8) => new Tokenizer(fitVocabulary(CAPTIONS), maxTokens);

test('words are normalised, in lower case, and cut at punctuation and white space', () => {
  assert.equal(wordsOf('  A  person\tWALKS, then\nstops.'), ['a', 'person', 'walks', 'then', 'stops']);
  assert.equal(wordsOf('counter-clockwise (90°) "twice"!'), ['counter', 'clockwise', '90', 'twice']);
  assert.equal(wordsOf("the person’s 'left' arm"), ['the', "person's", 'left', 'arm']);
  // ﬁ is one character, é one or two, and full-width letters are letters
  assert.equal(wordsOf('ﬁgure'), ['figure']);
  assert.equal(wordsOf('pas de cha\u0302t\u00e9'), wordsOf('pas de ch\u00e2te\u0301'));
  assert.equal(wordsOf('ＷＡＬＫ'), ['walk']);
  assert.equal(wordsOf(' ... '), []);
});

test('forms of one word share a stem, other words do not', () => {
  for (const forms of [
    ['walk', 'walks', 'walking', 'walked'],
    ['dance', 'dances', 'dancing', 'danced'],
    ['run', 'runs', 'running'],
    ['punch', 'punches', 'punching', 'punched'],
    ['carry', 'carries', 'carrying', 'carried'],
    ['step', 'steps', 'stepping', 'stepped'],
    ['fall', 'falls', 'falling'],
    ['kick', "kick's", 'kicks', 'kicked'],
    ['slow', 'slowly', 'slowed'],
    ['angry', 'angrily'],
    ['cross', 'crosses', 'crossing'],
    ['knee', 'knees'],
  ])
    assert.equal(new Set(forms.map(stem)).size, 1, forms.join());
  const apart = [
    'swing',
    'string',
    'ring',
    'speed',
    'spin',
    'sit',
    'bed',
    'leg',
    'left',
    'his',
    'this',
    'pass',
  ];
  assert.is(new Set(apart.map(stem)).size, apart.length);
});

test('edit distance counts insertions, deletions, replacements and swaps', () => {
  assert.is(editDistance('', 'abc'), 3);
  assert.is(editDistance('walks', 'walks'), 0);
  assert.is(editDistance('kitten', 'sitting'), 3);
  assert.is(editDistance('wlaks', 'walks'), 1);
  assert.equal(closeTo('wlaks', ['talks', 'walks', 'jumps', 'walk']), ['walks']);
  assert.equal(closeTo('salutes', ['walks', 'jumps']), []);
});

test('a vocabulary has the special tokens, then words by frequency and name', () => {
  const vocabulary = fitVocabulary(CAPTIONS);
  assert.equal(vocabulary.slice(0, 6), ['<pad>', '<start>', '<unknown>', 'a', 'person', 'walks']);
  assert.equal(vocabulary.slice(6), ['dancer', 'forward', 'left', 'on', 'spins', 'then', 'turns']);
  assert.equal(fitVocabulary(CAPTIONS.toReversed()), vocabulary);
  assert.equal(fitVocabulary(CAPTIONS, { minimumCount: 2 }), vocabulary.slice(0, 6));
  assert.equal(fitVocabulary(CAPTIONS, { maximumSize: 5 }), vocabulary.slice(0, 5));
  assert.equal(fitVocabulary([]), vocabulary.slice(0, 3));
  assert.throws(() => fitVocabulary([], { minimumCount: 0 }), /at least 1 for minimumCount but received 0/);
  assert.throws(() => fitVocabulary([], { maximumSize: 2 }), /at least 3 for maximumSize but received 2/);
});

test('a text becomes <start>, its words and <pad>, and comes back', () => {
  const { tokens, unknown, replaced, dropped } = small().encode('A dancer turns, LEFT!');
  assert.equal([...tokens], [1, 3, 6, 12, 8, 0, 0, 0]);
  assert.equal([unknown, replaced, dropped], [[], [], []]);
  assert.is(small().decode(tokens), 'a dancer turns left');
  assert.equal([...small().encode('').tokens], [1, 0, 0, 0, 0, 0, 0, 0]);
  // a plain array of strings is all that is kept
  const copy = new Tokenizer(JSON.parse(JSON.stringify(small().vocabulary)), 8);
  assert.equal(copy.encode('a dancer turns left').tokens, tokens);
});

test('words that do not fit are told', () => {
  const { tokens, dropped } = small(4).encode('a person turns left then');
  assert.equal([...tokens], [1, 3, 4, 12]);
  assert.equal(dropped, ['left', 'then']);
  assert.equal(small(6).encode('a person turns left then').dropped, []);
});

test('another form of a known word gets its token and is told', () => {
  const { tokens, replaced } = small().encode('a person walking');
  assert.equal([...tokens.subarray(0, 4)], [1, 3, 4, 5]);
  assert.equal(replaced, [['walking', 'walks']]);
  // an exact form wins over a more frequent relative
  const both = new Tokenizer(fitVocabulary(['walks walks walking']), 2);
  assert.is(both.decode(both.encode('walking').tokens), 'walking');
  assert.is(both.decode(both.encode('walked').tokens), 'walks');
});

test('words never seen are refused with those that look like them, or kept as <unknown>', () => {
  const text = 'a persn juggles forward';
  assert.throws(
    () => small().encode(text),
    (error: Error & { code?: string }) =>
      error.code === 'ERR_ARGUMENT' &&
      error.message ===
        "Expected words of the model's 10 for the text 'a persn juggles forward' but received 'persn' (known: person), 'juggles'",
  );
  const { tokens, unknown } = small().encode(text, { unknown: 'keep' });
  assert.equal([...tokens.subarray(0, 5)], [1, 3, 2, 2, 7]);
  assert.equal(unknown, ['persn', 'juggles']);
  assert.is(small().decode(tokens), 'a <unknown> <unknown> forward');
  // special tokens cannot be written
  assert.equal(small().encode('<pad> <start>', { unknown: 'keep' }).unknown, ['pad', 'start']);
});

test('a damaged vocabulary and foreign tokens are refused by name', () => {
  const vocabulary = fitVocabulary(CAPTIONS);
  assert.throws(
    () => new Tokenizer(vocabulary.slice(1), 8),
    /<pad> for vocabulary\[0\] but received <start>/,
  );
  assert.throws(() => new Tokenizer([...vocabulary, 'a'], 8), /every word once .* received 'a' twice/);
  assert.throws(() => new Tokenizer(vocabulary, 0), /at least 1 for maxTokens but received 0/);
  assert.throws(() => small().decode([1, 99]), /in 0\.\.12 for a token but received 99/);
});

test('a vocabulary of the built-in training captions covers validation and test', () => {
  const { motions, train, val, test: held } = asDataset(proceduralMotions({ count: 320 }));
  const captions = (indices: number[]) => indices.map((i) => motions[i].caption!);
  const tokenizer = new Tokenizer(fitVocabulary(captions(train)), 40);
  const others = captions([...val, ...held]);
  const encoded = others.map((caption) => tokenizer.encode(caption, { unknown: 'keep' }));
  assert.equal(
    encoded.flatMap(({ dropped }) => dropped),
    [],
  );
  const unknown = encoded.flatMap((text) => text.unknown);
  assert.ok(unknown.length <= 0.01 * others.flatMap(wordsOf).length, unknown.join());
});

test('a vocabulary of the real training captions covers validation and test', () => {
  const manifest = shared('mocap/manifest.csv');
  if (!manifest) return;
  const rows = parseCsv(readFileSync(manifest, 'utf8'));
  const captions = (split: string) => rows.filter((row) => row.split === split).map(({ caption }) => caption);
  const tokenizer = new Tokenizer(fitVocabulary(captions('train')), 16);
  for (const [split, limit] of [
    ['train', 0],
    ['val', 0.01],
    ['test', 0.02],
  ] as const) {
    const encoded = captions(split).map((caption) => tokenizer.encode(caption, { unknown: 'keep' }));
    const unknown = encoded.flatMap((text) => text.unknown);
    assert.equal(
      encoded.flatMap((text) => text.dropped),
      [],
    );
    assert.ok(unknown.length <= limit * captions(split).flatMap(wordsOf).length, `${split}: ${unknown}`);
  }
});

test.run();

/** What a caption is made of: its words, what two forms of one word share, and which words look alike. */

/**
 * Words of a text in order: Unicode-normalised (NFKC), lower case, cut at everything that is neither letter, mark, digit nor
 * an apostrophe inside a word. Punctuation is left out: captions of motions differ in their full stops and commas, not in
 * what these say.
 */
export function wordsOf(text: string): string[] {
  const plain = text.normalize('NFKC').replaceAll('’', "'").toLowerCase();
  return plain.match(/[\p{L}\p{M}\p{N}]+(?:'[\p{L}\p{M}]+)*/gu) ?? [];
}

const VOWEL = /[aeiouy]/;

/** Without `suffix`, if at least three letters with a vowel among them are left. */
function without(word: string, suffix: string): string | undefined {
  if (!word.endsWith(suffix)) return undefined;
  const rest = word.slice(0, -suffix.length);
  return rest.length >= 3 && VOWEL.test(rest) ? rest : undefined;
}

/**
 * What the regular forms of an English word share: *walk* for walks, walking, walked; *danc* for dance, dancing; *run* for
 * running; *angry* for angrily. A key to compare by, not always a word. After step 1 of Porter's algorithm ("An algorithm for
 * suffix stripping", 1980), with -ly and a final e taken off as well.
 */
export function stem(word: string): string {
  let key = without(word, "'s") ?? word;
  for (const [suffix, instead] of [
    ['ies', 'y'],
    ['ied', 'y'],
    ['ily', 'y'],
  ])
    if (key.endsWith(suffix) && key.length > 4) return key.slice(0, -suffix.length) + instead;
  if (key.endsWith('sses') || /(?:ch|sh|x|zz)es$/.test(key)) key = key.slice(0, -2);
  else if (!/(?:ss|us|is)$/.test(key)) key = without(key, 's') ?? key;
  if (!key.endsWith('eed')) key = without(key, 'ing') ?? without(key, 'ed') ?? without(key, 'ly') ?? key;
  if (key.length > 3) key = key.replace(/([bcdfghjklmnpqrtvwxz])\1$/, '$1');
  return key.length > 3 && key.endsWith('e') ? key.slice(0, -1) : key;
}

/** Least number of letters to insert, delete, replace, or swap with a neighbour that turns one word into the other. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      row[j] = Math.min(row[j - 1] + 1, last[j] + 1, last[j - 1] + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length];
}

/** At most `count` of `known` that differ from `word` in a third of its letters or less, the closest first. */
export function closeTo(word: string, known: readonly string[], count = 3): string[] {
  const limit = Math.max(1, Math.floor(word.length / 3));
  return known
    .map((name, order) => ({ name, order, distance: editDistance(word, name) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance || a.order - b.order)
    .slice(0, count)
    .map(({ name }) => name);
}

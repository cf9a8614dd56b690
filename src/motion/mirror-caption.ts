const OTHER_SIDE: Readonly<Record<string, string>> = { left: 'right', right: 'left' };

/** "Right" that says nothing of a side, then what has one. */
const SIDED =
  /\b(?:right away|right angles?|all right)\b|\b(left|right)(wards?|most)?\b|\b(?:counter|anti)[- ]?clockwise\b|\bclockwise\b/gi;

/** `word` in the case of `model`: all capitals, a capital first, or as it is. */
function inCaseOf(model: string, word: string): string {
  if (model === model.toUpperCase()) return word.toUpperCase();
  return model[0] === model[0].toUpperCase() ? word[0].toUpperCase() + word.slice(1) : word;
}

/**
 * The caption of the motion as seen in a mirror: left and right exchanged (with -ward, -wards, -most), clockwise and
 * counterclockwise (counter-clockwise, anticlockwise, ...) as well. Whole words only; their case is kept. "Left" for "went
 * away" cannot be told apart and is exchanged too.
 */
export function mirrorCaption(caption: string): string {
  return caption.replace(SIDED, (found: string, side?: string, ending = '') => {
    if (side) return inCaseOf(found, OTHER_SIDE[side.toLowerCase()] + ending.toLowerCase());
    if (/^(?:counter|anti)/i.test(found)) return inCaseOf(found, 'clockwise');
    return /^clockwise$/i.test(found) ? inCaseOf(found, 'counterclockwise') : found;
  });
}

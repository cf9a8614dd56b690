/** A word as it must be written in a shell to be one word again. */
export const shellWord = (word: string): string =>
  /^[\w./,:=+@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

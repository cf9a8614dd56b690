import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  writeSync,
} from 'node:fs';
import { FormatError } from './format-error.js';

/** One JSON value a line; a last line without its newline was torn by a crash and does not count. */

const NEWLINE = 0x0a;
const BLOCK = 65_536;

/** Length of the file up to and including its last newline. */
function completeLength(file: number): number {
  const block = new Uint8Array(BLOCK);
  for (let end = fstatSync(file).size; end > 0; ) {
    const start = Math.max(0, end - BLOCK);
    const count = readSync(file, block, 0, end - start, start);
    const at = block.subarray(0, count).lastIndexOf(NEWLINE);
    if (at >= 0) return start + at + 1;
    end = start;
  }
  return 0;
}

/**
 * Appends values to a file (made when missing) and flushes them to the disk. A torn last line is removed first, so that a
 * crash costs at most the record that was being written.
 * @throws TypeError when a value has no JSON form.
 */
export function appendJsonl(path: string, ...values: unknown[]): void {
  const lines = values.map((value) => {
    const line = JSON.stringify(value);
    if (line === undefined)
      throw new TypeError(`Expected a JSON value for a record but received ${typeof value}`);
    return `${line}\n`;
  });
  const file = openSync(path, 'a+');
  try {
    const complete = completeLength(file);
    if (complete < fstatSync(file).size) ftruncateSync(file, complete);
    const bytes = new TextEncoder().encode(lines.join(''));
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/**
 * The values of jsonl text.
 * @throws FormatError `ERR_JSONL` when a complete line is not JSON.
 */
export function parseJsonl(text: string): unknown[] {
  const lines = text.split('\n');
  lines.pop();
  return lines.flatMap((line, i) => {
    if (line.trim() === '') return [];
    try {
      return [JSON.parse(line) as unknown];
    } catch {
      throw new FormatError('ERR_JSONL', 'JSON', `line ${i + 1}`, line);
    }
  });
}

/** The values of a jsonl file. */
export const readJsonl = (path: string): unknown[] => parseJsonl(readFileSync(path, 'utf8'));

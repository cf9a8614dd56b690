import type { Judgement, PartVerdict } from '../loop/index.js';
import { format } from './table.js';

/** What was measured of one comparison, in a few words. */
function measured(part: PartVerdict): string {
  const words: string[] = [];
  if (part.holds !== undefined && part.seeds.length > 0)
    words.push(`in ${part.holds} of ${part.seeds.length} seeds`);
  if (part.ratio !== undefined) words.push(`${format(part.ratio)} x`);
  if (part.measured !== undefined) words.push(format(part.measured));
  if (part.ratio !== undefined && part.p) {
    const [tests] = Object.values(part.p);
    words.push(`p ${tests.t.toPrecision(2)} (t), ${tests.permutation.toPrecision(2)} (permutation)`);
  }
  if (part.reason) words.push(part.reason);
  return words.join(', ');
}

/** The verdict on every claim that a run was registered for, a line each and one for each of its comparisons. */
export function verdictLines({ protocol, claims, changes, beforeResults }: Judgement): string {
  if (claims.length === 0) return '';
  const lines = [
    `Claims of the protocol ${protocol}${beforeResults ? ', registered before the results' : ', registered AFTER there were results'}:`,
  ];
  if (changes.length > 0) lines.push(`  run with changes: ${changes.join('; ')}`);
  for (const { name, kind, verdict, parts } of claims) {
    lines.push(`  ${verdict.toUpperCase().padEnd(13)}  ${kind}: ${name}`);
    for (const part of parts) {
      const found = measured(part);
      lines.push(`  ${' '.repeat(13)}    ${part.statement}: ${part.verdict}${found ? ` (${found})` : ''}`);
    }
  }
  return lines.join('\n');
}

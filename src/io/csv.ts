import { FormatError } from './format-error.js';

/**
 * Rows of comma-separated values (RFC 4180: quotes, doubled quotes, line breaks inside quotes) as records by the names of
 * the first line. Missing fields at the end of a row are ''.
 * @throws FormatError `ERR_CSV` for an unclosed quote or a row that is longer than the first.
 */
export function parseCsv(text: string): Record<string, string>[] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = text.startsWith('\ufeff') ? 1 : 0;
  while (at < text.length) {
    let field: string;
    if (text[at] === '"') {
      const parts: string[] = [];
      do {
        const end = text.indexOf('"', at + 1);
        if (end < 0)
          throw new FormatError('ERR_CSV', 'a closing quote', `row ${rows.length + 1}`, text.slice(at));
        parts.push(text.slice(at + 1, end));
        at = end + 1;
      } while (text[at] === '"');
      field = parts.join('"');
    } else {
      const start = at;
      while (at < text.length && text[at] !== ',' && text[at] !== '\n' && text[at] !== '\r') at++;
      field = text.slice(start, at);
    }
    row.push(field);
    if (text[at] === ',') {
      at++;
      if (at === text.length) row.push('');
      continue;
    }
    while (at < text.length && text[at] !== '\n') at++;
    at++;
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  }
  if (row.length > 0) rows.push(row);
  const names = rows.shift() ?? [];
  return rows.map((fields, i) => {
    if (fields.length > names.length)
      throw new FormatError('ERR_CSV', `${names.length} fields`, `row ${i + 2}`, fields.length);
    const record: Record<string, string> = Object.create(null);
    names.forEach((name, k) => {
      record[name] = fields[k] ?? '';
    });
    return record;
  });
}

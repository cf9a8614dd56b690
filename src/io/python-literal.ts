import { type FormatCode, FormatError } from './format-error.js';

export type PythonValue = string | number | boolean | null | PythonValue[] | Map<PythonValue, PythonValue>;

const MAXIMUM_DEPTH = 16;

/** Reads the Python literals that occur in npy headers: dicts, tuples, lists, strings, integers, True, False, None. */
export function parsePythonLiteral(text: string, code: FormatCode): PythonValue {
  let at = 0;
  const fail = (expected: string): never => {
    throw new FormatError(code, expected, `character ${at} of a Python literal`, text.slice(at, at + 16));
  };
  const space = () => {
    while (at < text.length && ' \t\r\n'.includes(text[at])) at++;
  };
  const accept = (token: string): boolean => {
    space();
    if (!text.startsWith(token, at)) return false;
    at += token.length;
    return true;
  };

  function items(close: string, depth: number): { values: PythonValue[]; comma: boolean } {
    const values: PythonValue[] = [];
    let comma = false;
    while (!accept(close)) {
      if (values.length > 0 && !comma) fail(`',' or '${close}'`);
      values.push(value(depth + 1));
      comma = accept(',');
    }
    return { values, comma };
  }

  function dict(depth: number): PythonValue {
    const entries = new Map<PythonValue, PythonValue>();
    let more = true;
    while (!accept('}')) {
      if (!more) fail("',' or '}'");
      const key = value(depth + 1);
      if (!accept(':')) fail("':'");
      entries.set(key, value(depth + 1));
      more = accept(',');
    }
    return entries;
  }

  function value(depth: number): PythonValue {
    if (depth > MAXIMUM_DEPTH) fail(`at most ${MAXIMUM_DEPTH} levels`);
    space();
    if (accept('{')) return dict(depth);
    if (accept('[')) return items(']', depth).values;
    if (accept('(')) {
      const { values, comma } = items(')', depth);
      return values.length === 1 && !comma ? values[0] : values;
    }
    if (accept('True')) return true;
    if (accept('False')) return false;
    if (accept('None')) return null;
    const quote = text[at];
    if (quote === "'" || quote === '"') {
      const end = text.indexOf(quote, at + 1);
      const inside = text.slice(at + 1, end);
      if (end < 0 || inside.includes('\\')) fail('a string without escapes');
      at = end + 1;
      return inside;
    }
    const number = /^-?\d{1,16}L?/.exec(text.slice(at, at + 20));
    if (!number) return fail('a Python value');
    at += number[0].length;
    return Number.parseInt(number[0], 10);
  }

  const result = value(0);
  space();
  if (at < text.length) fail('the end');
  return result;
}

import { parseArgs } from 'node:util';
import { UsageError } from './errors.js';

/** One option of a command: how it is parsed and what `--help` says of it. */
export interface Flag {
  type: 'number' | 'integer' | 'text' | 'list' | 'switch';
  help: string;
  /** Name of the value in the help, e.g. `DIR`. */
  value?: string;
  /** Smallest and largest number allowed. */
  range?: [number, number];
  /** The only texts allowed; for a list, its only members. */
  choices?: readonly string[];
  short?: string;
}

export type FlagValue = number | string | string[] | boolean;

export interface ParsedFlags {
  flags: Record<string, FlagValue | undefined>;
  positionals: string[];
}

function numberOf(text: string, name: string, flag: Flag): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  const [low, high] = flag.range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const fits = value >= low && value <= high && (flag.type === 'number' || Number.isSafeInteger(value));
  if (!fits) {
    const kind = flag.type === 'integer' ? 'an integer' : 'a number';
    throw new UsageError(
      `Expected ${kind}${flag.range ? ` from ${low} to ${high}` : ''} for --${name} but received ${text}`,
    );
  }
  return value;
}

function choice(text: string, name: string, flag: Flag): string {
  if (flag.choices && !flag.choices.includes(text))
    throw new UsageError(`Expected one of ${flag.choices.join(', ')} for --${name} but received ${text}`);
  return text;
}

/** Parses a command's arguments. Unknown options, missing values and values out of range are usage errors. */
export function parseFlags(args: string[], flags: Record<string, Flag>): ParsedFlags {
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, flag]) => [
      name,
      {
        type: flag.type === 'switch' ? ('boolean' as const) : ('string' as const),
        ...(flag.short ? { short: flag.short } : {}),
      },
    ]),
  );
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message.split('. To specify')[0].replaceAll('\n', ' '));
  }
  const values: ParsedFlags['flags'] = {};
  for (const [name, raw] of Object.entries(parsed.values)) {
    const flag = flags[name];
    if (typeof raw === 'boolean') values[name] = raw;
    else if (typeof raw === 'string') {
      if (flag.type === 'text') values[name] = choice(raw, name, flag);
      else if (flag.type === 'list')
        values[name] = raw.split(',').map((part) => choice(part.trim(), name, flag));
      else values[name] = numberOf(raw, name, flag);
    }
  }
  return { flags: values, positionals: parsed.positionals };
}

/** The lines of `--help` for a command's options. */
export function describeFlags(flags: Record<string, Flag>): string {
  const rows = Object.entries(flags).map(([name, flag]) => {
    const value =
      flag.type === 'switch'
        ? ''
        : ` ${flag.value ?? { number: 'N', integer: 'N', text: 'TEXT', list: 'A,B' }[flag.type]}`;
    return [`${flag.short ? `-${flag.short}, ` : '    '}--${name}${value}`, flag.help];
  });
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  return rows.map(([left, help]) => `  ${left.padEnd(width)}${help}`).join('\n');
}

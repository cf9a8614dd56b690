export type FormatCode =
  | 'ERR_NPY'
  | 'ERR_NPZ'
  | 'ERR_PICKLE'
  | 'ERR_BVH'
  | 'ERR_AMASS'
  | 'ERR_SAFETENSORS'
  | 'ERR_JSONL'
  | 'ERR_CSV'
  | 'ERR_MOTION';

/** At most this much of a value is repeated in a message. */
const SHOWN = 240;

function show(value: unknown): string {
  const text = typeof value === 'string' ? value : String(value);
  const printable = text.replace(/[^\x20-\x7e]/g, '?');
  return printable.length > SHOWN ? `${printable.slice(0, SHOWN)}...` : printable;
}

/**
 * What every reader throws for bytes that are not the format: *Expected WHAT for NAME but received VALUE*. The message does
 * not name the file, which a codec does not know; callers add it.
 */
export class FormatError extends Error {
  override readonly name = 'FormatError';
  constructor(
    readonly code: FormatCode,
    expected: string,
    what: string,
    received: unknown,
  ) {
    super(`Expected ${expected} for ${what} but received ${show(received)}`);
  }
}

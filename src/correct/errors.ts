/**
 * What went wrong in the corrector, by `code`:
 * - `ERR_TYPE`, `ERR_SHAPE`, `ERR_RANGE`: an argument is of the wrong type, shape or size (*Expected WHAT for NAME but received
 *   VALUE*); `ERR_RANGE` also for an `out` that overlaps an input;
 * - `ERR_OOM`: out of memory, of the machine or of the GPU: then with the bytes asked for, free and there; `ERR_NATIVE`: the addon
 *   failed; `ERR_NATIVE_LOAD`: the addon is not built or cannot be loaded, or Rapier cannot (option `device`);
 * - `ERR_CUDA`: device `cuda` was asked for and there is none that works, or it failed; with the reason. The process goes on, and so
 *   may the device.
 *
 * What is aborted rejects with `signal.reason`; what a stream or `onProgress` throws comes through as it is.
 */
export type CorrectorErrorCode =
  | 'ERR_TYPE'
  | 'ERR_SHAPE'
  | 'ERR_RANGE'
  | 'ERR_OOM'
  | 'ERR_NATIVE'
  | 'ERR_CUDA'
  | 'ERR_NATIVE_LOAD';

export class CorrectorError extends Error {
  override readonly name = 'CorrectorError';

  constructor(
    readonly code: CorrectorErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A short, safe picture of any value for an error message. */
function show(value: unknown): string {
  if (typeof value === 'string')
    return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  if (value === null || typeof value !== 'object') return String(value);
  if (ArrayBuffer.isView(value))
    return `${value.constructor.name} of ${(value as Float32Array).length} values`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  return `an object of ${value.constructor?.name ?? 'no class'}`;
}

/** The one phrase of this package for a bad argument. */
export function expected(
  code: CorrectorErrorCode,
  what: string,
  name: string,
  value: unknown,
): CorrectorError {
  return new CorrectorError(code, `Expected ${what} for ${name} but received ${show(value)}`);
}

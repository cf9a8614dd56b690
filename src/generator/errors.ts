/** What went wrong in a generator: `code` is stable, the message is for people. */
export type GeneratorErrorCode =
  /** onnxruntime-node cannot be loaded. */
  | 'ERR_RUNTIME_MISSING'
  /** onnxruntime refused a graph or failed while running it, or its thread died. */
  | 'ERR_RUNTIME'
  /** The CUDA provider was asked for, but is not installed or does not work here. */
  | 'ERR_CUDA'
  /** The generator was closed. */
  | 'ERR_CLOSED'
  /** The training loss is no longer a finite number. */
  | 'ERR_DIVERGED'
  /** An argument is outside its range. */
  | 'ERR_ARGUMENT'
  /** A checkpoint does not fit the model. */
  | 'ERR_CHECKPOINT';

export class GeneratorError extends Error {
  override readonly name = 'GeneratorError';
  constructor(
    readonly code: GeneratorErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Throws ERR_ARGUMENT unless `ok`: "Expected WHAT for NAME but received VALUE". */
export function expectArgument(ok: boolean, name: string, what: string, value: unknown): asserts ok {
  if (!ok)
    throw new GeneratorError('ERR_ARGUMENT', `Expected ${what} for ${name} but received ${String(value)}`);
}

export function expectInteger(
  name: string,
  value: number,
  low: number,
  high = Number.MAX_SAFE_INTEGER,
): void {
  const range = high === Number.MAX_SAFE_INTEGER ? `of at least ${low}` : `in ${low}..${high}`;
  expectArgument(
    Number.isSafeInteger(value) && value >= low && value <= high,
    name,
    `an integer ${range}`,
    value,
  );
}

export function expectRange(name: string, value: number, low: number, high: number): void {
  expectArgument(value >= low && value <= high, name, `a number in ${low}..${high}`, value);
}

/** A run that cannot start or go on, with a code to test for. */
export class LoopError extends Error {
  constructor(
    readonly code:
      | 'ERR_RANGE'
      | 'ERR_BUSY'
      | 'ERR_CONFIG_CHANGED'
      | 'ERR_CHECKPOINT'
      | 'ERR_DISK'
      | 'ERR_TASK',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'LoopError';
  }
}

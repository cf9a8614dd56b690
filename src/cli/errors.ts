/** A mistake of the person at the command line: shown as one line, without a stack, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

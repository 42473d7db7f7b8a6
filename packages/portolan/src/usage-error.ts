/** The command line asks for something that can't be; the message says what was meant, where that is near. */
export class UsageError extends Error {
  readonly code = 'ERR_PORTOLAN_USAGE';
  override readonly name = 'UsageError';
}

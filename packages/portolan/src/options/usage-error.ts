/** The command line asks for something impossible. The message suggests what was probably meant, if that is near. */
export class UsageError extends Error {
  readonly code = 'ERR_PORTOLAN_USAGE';
  override readonly name = 'UsageError';
}

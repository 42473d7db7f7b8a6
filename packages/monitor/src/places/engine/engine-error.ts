/** A container engine can't be asked, refuses, or answers with something else than what was asked for. */
export class EngineError extends Error {
  readonly code = 'ERR_PORTOLAN_ENGINE';
  override readonly name = 'EngineError';
}

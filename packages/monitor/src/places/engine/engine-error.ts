/** A container engine can't be asked, refuses, or gives an answer that does not fit the question. */
export class EngineError extends Error {
  readonly code = 'ERR_PORTOLAN_ENGINE';
  override readonly name = 'EngineError';
}

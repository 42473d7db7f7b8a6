/** A network namespace can't be looked into: it is gone, or may not be entered. The reason says what would help. */
export class NamespaceError extends Error {
  readonly code = 'ERR_PORTOLAN_NAMESPACE';
  override readonly name = 'NamespaceError';

  /** @param place that leads to the namespace, as it is written on its listeners */
  constructor(
    readonly place: string,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`${place}: ${reason}`, options);
  }
}

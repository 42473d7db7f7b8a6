/** A place that can't be looked at: it was named wrongly, is not there, or may not be entered. The message says what would help. */
export class PlaceError extends Error {
  readonly code = 'ERR_PORTOLAN_PLACE';
  override readonly name = 'PlaceError';

  /** Whether it is known and only not there now, such as a container that is stopped. */
  readonly mayCome: boolean;

  /** @param place as it was asked for */
  constructor(
    readonly place: string,
    readonly reason: string,
    { mayCome = false, ...options }: ErrorOptions & { readonly mayCome?: boolean } = {},
  ) {
    super(`${place}: ${reason}`, options);
    this.mayCome = mayCome;
  }
}

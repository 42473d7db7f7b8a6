/** A place can't be looked at: its name is wrong, nothing is there, or it may not be entered. The message says what helps. */
export class PlaceError extends Error {
  readonly code = 'ERR_PORTOLAN_PLACE';
  override readonly name = 'PlaceError';

  /** True if the place is known and only not there now, such as a container that is stopped. */
  readonly mayCome: boolean;

  /** @param place the name of the place, as it was asked for */
  constructor(
    readonly place: string,
    readonly reason: string,
    { mayCome = false, ...options }: ErrorOptions & { readonly mayCome?: boolean } = {},
  ) {
    super(`${place}: ${reason}`, options);
    this.mayCome = mayCome;
  }
}

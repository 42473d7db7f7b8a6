/** Where the library tells what it does, at debug level. `console` is one. */
export interface Logger {
  debug(message: string): void;
}

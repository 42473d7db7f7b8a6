/** Is told what the library does, at debug level. `console` is one. */
export interface Logger {
  debug(message: string): void;
}

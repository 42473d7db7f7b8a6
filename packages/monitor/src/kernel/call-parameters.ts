import { POLLFD_LENGTH, SOCK_FILTER_LENGTH, SOCK_FPROG_LENGTH } from './socket-constants.js';

/** The C types that are passed and returned. `size_t` and `nfds_t` are an `unsigned long` on Linux. */
export type CType = 'int' | 'unsigned int' | 'unsigned long' | 'ssize_t' | 'void *' | 'struct sock_fprog *';

/** A `struct sock_fprog` (include/uapi/linux/filter.h). */
export interface SockFprog {
  readonly len: number;
  readonly filter: Uint8Array;
}

/** What a C function is passed. */
export type CValue = number | Uint8Array | SockFprog;

/** What a caller gives for one parameter. */
export type Given = number | Uint8Array;

/**
 * What a caller may be asked for, and the C types that it is passed as. A buffer brings its length with it, so that no
 * caller can pass a wrong one.
 */
export const PARAMETERS = {
  int: [['int', itself]],
  'unsigned int': [['unsigned int', itself]],
  'unsigned long': [['unsigned long', itself]],
  'void *': [['void *', itself]],
  'void *, size_t': [
    ['void *', itself],
    ['unsigned long', countOf(1)],
  ],
  'void *, socklen_t': [
    ['void *', itself],
    ['unsigned int', countOf(1)],
  ],
  'struct pollfd *, nfds_t': [
    ['void *', itself],
    ['unsigned long', countOf(POLLFD_LENGTH)],
  ],
  'struct sock_fprog *, socklen_t': [
    ['struct sock_fprog *', sockFprog],
    ['unsigned int', () => SOCK_FPROG_LENGTH],
  ],
} as const satisfies Record<string, readonly Passing[]>;

/** The C type of a value, and how that is made of what was given. */
type Passing = readonly [type: CType, value: (given: Given) => CValue];

export type Parameter = keyof typeof PARAMETERS;

function itself(given: Given): CValue {
  return given;
}

function countOf(length: number): (given: Given) => number {
  return (given) => (given as Uint8Array).length / length;
}

function sockFprog(given: Given): SockFprog {
  const filter = given as Uint8Array;
  return { len: filter.length / SOCK_FILTER_LENGTH, filter };
}

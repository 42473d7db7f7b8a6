import { createRequire } from 'node:module';
import type { CType, CValue } from './call-parameters.js';
import { type Libc, makeLibc } from './calls.js';

type Koffi = typeof import('koffi');

/**
 * The C library through koffi, a native module that is an optional dependency.
 *
 * @throws Error when koffi is not installed, or not built for this machine
 */
export function loadKoffi(): Libc {
  const koffi = createRequire(import.meta.url)('koffi') as Koffi;
  const library = koffi.load(null);
  const sockFprog = koffi.struct({ len: 'uint16_t', filter: 'void *' });
  const special = new Map<CType, string | ReturnType<Koffi['pointer']>>([
    ['ssize_t', 'intptr_t'],
    ['struct sock_fprog *', koffi.pointer(sockFprog)],
  ]);
  const typeOf = (type: CType) => special.get(type) ?? type;
  return makeLibc<CValue>({
    find: (symbol, result, types) => library.func(symbol, typeOf(result), types.map(typeOf)),
    converterTo: () => (value) => value,
    errno: () => koffi.errno(),
  });
}

import koffi from 'koffi';

const RLIMIT_NOFILE = 7;

const libc = koffi.load(null);
const getrlimit = libc.func('int getrlimit(int resource, void *limit)');
const setrlimit = libc.func('int setrlimit(int resource, void *limit)');

/** From now on this process gets no descriptor more (EMFILE), until that is disposed of. */
export function refuseDescriptors(): Disposable {
  // A `struct rlimit`: the limit that counts, and how far it may be raised again.
  const before = new BigUint64Array(2);
  if (getrlimit(RLIMIT_NOFILE, before) !== 0) throw new Error('getrlimit failed');
  const none = BigUint64Array.of(0n, before[1] ?? 0n);
  if (setrlimit(RLIMIT_NOFILE, none) !== 0) throw new Error('setrlimit failed');
  return { [Symbol.dispose]: () => void setrlimit(RLIMIT_NOFILE, before) };
}

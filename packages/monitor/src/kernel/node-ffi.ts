import { createRequire } from 'node:module';
import type { CType, CValue, SockFprog } from './call-parameters.js';
import { type Libc, makeLibc } from './calls.js';

type NativeValue = number | bigint | Uint8Array;
type Native = (...values: NativeValue[]) => number | bigint;

/** What is used of `node:ffi` (Node 26.1, doc/api/ffi.md). */
interface NodeFfi {
  dlopen(
    path: string | null,
    definitions: Record<string, { arguments: string[]; return: string }>,
  ): { functions: Record<string, Native> };
  getRawPointer(buffer: Uint8Array): bigint;
  toArrayBuffer(pointer: bigint, length: number, copy: boolean): ArrayBuffer;
}

/** What `node:ffi` calls the types of C. Every machine that has `node:ffi` has 64-bit pointers. */
const TYPE_NAMES: Record<CType, string> = {
  int: 'int32',
  'unsigned int': 'uint32',
  'unsigned long': 'uint64',
  ssize_t: 'int64',
  'void *': 'buffer',
  'struct sock_fprog *': 'buffer',
};

/**
 * The C library through the `node:ffi` that is built into Node 26.1 and newer.
 *
 * @throws Error when this Node has no `node:ffi`
 */
export function loadNodeFfi(): Libc {
  const ffi = requireQuietly();
  const find = (symbol: string, result: string, types: string[]): Native => {
    const { functions } = ffi.dlopen(null, { [symbol]: { arguments: types, return: result } });
    return functions[symbol] as Native;
  };
  const errno = errnoAt(ffi, find('__errno_location', 'pointer', [])() as bigint);
  return makeLibc<NativeValue>({
    find: (symbol, result, types) =>
      find(
        symbol,
        TYPE_NAMES[result],
        types.map((type) => TYPE_NAMES[type]),
      ),
    converterTo: (type) => (value) => toNative(ffi, type, value),
    errno: () => errno[0] ?? 0,
  });
}

/**
 * The memory that holds this thread's errno. To ask `__errno_location` for it after a failed call would be too late: that
 * call overwrites it.
 */
function errnoAt(ffi: NodeFfi, pointer: bigint): Int32Array {
  return new Int32Array(ffi.toArrayBuffer(pointer, Int32Array.BYTES_PER_ELEMENT, false));
}

function toNative(ffi: NodeFfi, type: CType, value: CValue): NativeValue {
  if (typeof value === 'number') return type === 'unsigned long' ? BigInt(value) : value;
  return value instanceof Uint8Array ? value : sockFprogBytes(ffi, value);
}

function sockFprogBytes(ffi: NodeFfi, { len, filter }: SockFprog): Uint8Array {
  const program = new BigUint64Array(2);
  new Uint16Array(program.buffer)[0] = len;
  program[1] = ffi.getRawPointer(filter);
  return new Uint8Array(program.buffer);
}

/** Loads `node:ffi` without its experimental warning, which would tell the user of a command nothing. */
function requireQuietly(): NodeFfi {
  const emitWarning = process.emitWarning;
  process.emitWarning = () => undefined;
  try {
    return createRequire(import.meta.url)('node:ffi') as NodeFfi;
  } finally {
    process.emitWarning = emitWarning;
  }
}

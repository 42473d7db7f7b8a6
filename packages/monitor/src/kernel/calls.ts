import { type CType, type CValue, type Given, PARAMETERS, type Parameter } from './call-parameters.js';
import { SO_ATTACH_FILTER, SOL_SOCKET } from './socket-constants.js';

interface Call {
  /** The name that the C library has for it, if that is another one. */
  readonly symbol?: string;
  readonly result: CType;
  /** A number is passed as it is, and is not for the caller to give. */
  readonly parameters: readonly (Parameter | number)[];
}

/** The calls into the C library that Portolan makes, each in the order of its manual page. */
const CALLS = {
  socket: { result: 'int', parameters: ['int', 'int', 'int'] },
  bind: { result: 'int', parameters: ['int', 'void *, socklen_t'] },
  setsockopt: { result: 'int', parameters: ['int', 'int', 'int', 'void *, socklen_t'] },
  attachFilter: {
    symbol: 'setsockopt',
    result: 'int',
    parameters: ['int', SOL_SOCKET, SO_ATTACH_FILTER, 'struct sock_fprog *, socklen_t'],
  },
  send: { result: 'ssize_t', parameters: ['int', 'void *, size_t', 'int'] },
  recv: { result: 'ssize_t', parameters: ['int', 'void *, size_t', 'int'] },
  read: { result: 'ssize_t', parameters: ['int', 'void *, size_t'] },
  write: { result: 'ssize_t', parameters: ['int', 'void *, size_t'] },
  ioctl: { result: 'int', parameters: ['int', 'unsigned long', 'void *'] },
  setns: { result: 'int', parameters: ['int', 'int'] },
  poll: { result: 'int', parameters: ['struct pollfd *, nfds_t', 'int'] },
  eventfd: { result: 'int', parameters: ['unsigned int', 'int'] },
  epoll_create1: { result: 'int', parameters: ['int'] },
  epoll_ctl: { result: 'int', parameters: ['int', 'int', 'int', 'void *'] },
  epoll_wait: { result: 'int', parameters: ['int', 'void *', 'int', 'int'] },
  /** For calls that old C libraries have no function for: the number of the call, and five arguments. */
  syscall: {
    result: 'ssize_t',
    parameters: [
      'unsigned long',
      'unsigned long',
      'unsigned long',
      'unsigned long',
      'unsigned long',
      'unsigned long',
    ],
  },
  close: { result: 'int', parameters: ['int'] },
} as const satisfies Record<string, Call>;

/**
 * The C library. Each call returns what the C function returned, or the negative errno when it failed, as the kernel itself
 * does; nothing throws.
 */
export type Libc = {
  readonly [Name in keyof typeof CALLS]: (...given: GivenTo<(typeof CALLS)[Name]['parameters']>) => number;
};

/** A pointer is given as the bytes that it points to, anything else as a number. */
type GivenTo<Parameters extends readonly unknown[]> = Parameters extends readonly [infer First, ...infer Rest]
  ? First extends Parameter
    ? [First extends `${string}*${string}` ? Uint8Array : number, ...GivenTo<Rest>]
    : GivenTo<Rest>
  : [];

/** One way into the C library; `Value` is what it takes for a value of C. */
export interface Binding<Value> {
  /** Finds a function of the C library. */
  find(symbol: string, result: CType, types: readonly CType[]): (...values: Value[]) => number | bigint;
  /** What turns a value into one of that C type. */
  converterTo(type: CType): (value: CValue) => Value;
  /** The errno of the call before, positive. */
  errno(): number;
}

/** Makes all calls out of one way into the C library. */
export function makeLibc<Value>(binding: Binding<Value>): Libc {
  const calls = Object.entries<Call>(CALLS).map(([name, call]) => [name, makeCall(name, call, binding)]);
  return Object.fromEntries(calls) as Libc;
}

type Make<Value> = (given: readonly Given[]) => Value;

function makeCall<Value>(
  name: string,
  { symbol = name, result, parameters }: Call,
  binding: Binding<Value>,
): (...given: Given[]) => number {
  const types: CType[] = [];
  const values: Make<Value>[] = [];
  let index = 0;
  for (const parameter of parameters) {
    const isConstant = typeof parameter === 'number';
    const at = isConstant ? -1 : index++;
    const passed = isConstant ? ([['int', () => parameter]] as const) : PARAMETERS[parameter];
    for (const [type, value] of passed) {
      const convert = binding.converterTo(type);
      types.push(type);
      values.push((given) => convert(value(given[at] as Given)));
    }
  }
  const call = caller(binding.find(symbol, result, types), values);
  return (...given) => {
    const returned = Number(call(given));
    return returned === -1 ? -binding.errno() : returned;
  };
}

/** Each number of values is spelled out: to spread an array would cost a look a twentieth of its time. */
function caller<Value>(
  native: (...values: Value[]) => number | bigint,
  values: readonly Make<Value>[],
): (given: readonly Given[]) => number | bigint {
  const [a, b, c, d, e, ...others] = values;
  if (others.length > 0) return (given) => native(...values.map((value) => value(given)));
  if (a === undefined) return () => native();
  if (b === undefined) return (given) => native(a(given));
  if (c === undefined) return (given) => native(a(given), b(given));
  if (d === undefined) return (given) => native(a(given), b(given), c(given));
  if (e === undefined) return (given) => native(a(given), b(given), c(given), d(given));
  return (given) => native(a(given), b(given), c(given), d(given), e(given));
}

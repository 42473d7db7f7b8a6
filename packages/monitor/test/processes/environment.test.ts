import { expect, test } from 'vitest';
import { environmentValue } from '../../src/processes/environment.js';
import { startPython } from './child.js';

const MIB = 1024 * 1024;
/** What execve(2) lets a process have, and so what is read. */
const LIMIT = 6 * MIB;

/** Points to new memory as its environment, with variables at these offsets (PR_SET_MM_MAP, prctl(2)). */
const FALSE_ENVIRONMENT = (length: number, variables: Readonly<Record<number, string>>) => `
import ctypes, mmap, struct
PR_SET_MM, PR_SET_MM_MAP = 35, 14
libc = ctypes.CDLL(None, use_errno=True)
libc.sbrk.restype = ctypes.c_void_p
memory = mmap.mmap(-1, ${length}, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
for offset, text in ${JSON.stringify(Object.entries(variables))}:
    memory[int(offset):int(offset) + len(text)] = text.encode()
start = ctypes.addressof(ctypes.c_char.from_buffer(memory))
stat = open('/proc/self/stat').read().rpartition(')')[2].split()
at = lambda field: int(stat[field - 3])
map = struct.pack('<12QII', at(26), at(27), at(45), at(46), at(47), libc.sbrk(0), at(28), at(48), at(49),
    start, start + ${length}, 0, 0, 0xffffffff)
if libc.prctl(PR_SET_MM, PR_SET_MM_MAP, map, len(map), 0): raise OSError(ctypes.get_errno(), 'prctl')
say()
wait()`;

test('a variable is found wherever execve() may have put it, and the first of several counts', async () => {
  const variables = { 0: 'FIRST=1\0SECOND=2\0SECOND=3\0EMPTY=\0', [LIMIT - 100]: '\0LAST=4\0' };
  await using child = await startPython(FALSE_ENVIRONMENT(LIMIT, variables));
  expect(environmentValue(child.pid, 'FIRST')).toBe('1');
  expect(environmentValue(child.pid, 'SECOND')).toBe('2');
  expect(environmentValue(child.pid, 'EMPTY')).toBe('');
  expect(environmentValue(child.pid, 'LAST')).toBe('4');
  expect(environmentValue(child.pid, 'COND')).toBeNull();
});

test('an environment that is ten times as long is read no further', async () => {
  const variables = { 0: 'FIRST=1\0', [2 * LIMIT]: '\0BEYOND=2\0' };
  await using child = await startPython(FALSE_ENVIRONMENT(10 * LIMIT, variables));
  expect(environmentValue(child.pid, 'FIRST')).toBe('1');
  expect(environmentValue(child.pid, 'BEYOND')).toBeNull();
});

test('of a process that is gone nothing can be told', () => {
  expect(environmentValue(2 ** 30, 'PATH')).toBeUndefined();
});

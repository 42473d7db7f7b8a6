import { beforeEach, expect, test, vi } from 'vitest';
import { networkNamespaceOf } from '../../../src/kernel/namespaces/namespace-identity.js';
import { attachProcesses } from '../../../src/places/attach-processes.js';
import { findHolders } from '../../../src/processes/holders/find-holders.js';
import { seesEveryProcess } from '../../../src/processes/holders/sees-every-process.js';
import { listenerOf } from './listener-of.js';

// What can be seen depends on the machine. Here the test says it.
vi.mock('../../../src/processes/holders/find-holders.js');
vi.mock('../../../src/processes/holders/sees-every-process.js');

const GONE = 0x7fff_ffff;

beforeEach(() => {
  vi.mocked(seesEveryProcess).mockReturnValue(true);
  vi.mocked(findHolders).mockResolvedValue({ pids: new Map(), unread: new Set() });
});

async function holderOf(uid: number | null) {
  const [listener] = await attachProcesses([listenerOf(1, uid)]);
  expect(listener?.processes).toEqual([]);
  return listener?.sockets[0]?.holder;
}

test('root’s socket without a process is the kernel’s', async () => {
  expect(await holderOf(0)).toBe('kernel');
  expect(await holderOf(null)).toBe('kernel');
});

test('another user’s socket without a process was closed', async () => {
  expect(await holderOf(1000)).toBeNull();
});

test('a socket whose processes all ended since was closed', async () => {
  vi.mocked(findHolders).mockResolvedValue({ pids: new Map([[1, new Set([GONE])]]), unread: new Set() });
  expect(await holderOf(0)).toBeNull();
});

test('it may be held by a process that could not be read', async () => {
  vi.mocked(findHolders).mockResolvedValue({
    pids: new Map(),
    unread: new Set([networkNamespaceOf('self') ?? 0]),
  });
  expect(await holderOf(0)).toBe('hidden');
});

test('it may be held by a process that is not in this /proc', async () => {
  vi.mocked(seesEveryProcess).mockReturnValue(false);
  expect(await holderOf(0)).toBe('hidden');
});

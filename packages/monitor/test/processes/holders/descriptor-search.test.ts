import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DescriptorSearch } from '../../../src/processes/holders/descriptor-search.js';
import { startPython } from '../child.js';

/** Gives its socket another number when it is signalled, as who was forked to run a program may do before that. */
const MOVING = `
s = listen()
def move(*_):
    os.dup2(s.fileno(), 50)
    os.close(s.fileno())
signal.signal(signal.SIGUSR1, move)
say(inode=inode(s), fd=s.fileno())
while True: wait()
`;

test('who is asked again is found to hold a socket under another number', async () => {
  await using child = await startPython<{ inode: number; fd: number }>(MOVING);
  const { pid, report } = child;
  const search = new DescriptorSearch(new Set([report.inode]));
  for (const _ of search.among([{ pid }]));
  expect(search.pids).toEqual(new Map([[report.inode, new Set([pid])]]));
  process.kill(pid, 'SIGUSR1');
  await expect.poll(() => readdirSync(`/proc/${pid}/fd`)).not.toContain(String(report.fd));
  search.askAgain(pid);
  expect(search.pids).toEqual(new Map([[report.inode, new Set([pid])]]));
});

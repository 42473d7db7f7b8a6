import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseMountinfo } from '../../../src/kernel/mountinfo.js';
import { namespaceMounts } from '../../../src/kernel/namespaces/namespace-mounts.js';

const MOUNTINFO = `24 1 0:22 / /proc rw,relatime - proc proc rw
44 42 0:4 net:[4026532177] /run/netns/blue rw shared:2 - nsfs nsfs rw
45 42 0:4 net:[4026532177] /run/netns/blue rw shared:2 - nsfs nsfs rw
46 24 0:4 net:[4026532300] /run/docker/netns/1a2b rw - nsfs nsfs rw
47 24 0:4 net:[4026532300] /run/netns/a\\040b\\134c rw - nsfs nsfs rw
48 24 0:4 mnt:[4026532301] /run/snapd/ns/x.mnt rw - nsfs nsfs rw
49 24 0:9 net:[4026532302] /forged rw - tmpfs tmpfs rw
`;

test('the network namespaces that are mounted are read with their paths, those of ip netns first', () => {
  expect([...namespaceMounts(parseMountinfo(MOUNTINFO))]).toEqual([
    [4026532177, ['/run/netns/blue']],
    [4026532300, ['/run/netns/a b\\c', '/run/docker/netns/1a2b']],
  ]);
});

test('whatever is mounted, nothing but a namespace is taken for one', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      const mounts = namespaceMounts(parseMountinfo(`${text}\n${MOUNTINFO}`));
      expect(mounts.get(4026532177)).toContain('/run/netns/blue');
      for (const paths of mounts.values()) for (const path of paths) expect(path).not.toBe('');
    }),
  );
});

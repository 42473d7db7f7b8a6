import { describe, expect, it } from 'vitest';
import { matches } from '../../src/listeners/listener-filter.js';
import { heldListener, listener, processOf } from '../listeners.js';

describe('a filter', () => {
  const node = heldListener([processOf()]);

  it('that says nothing lets all pass', () => {
    expect(matches(node, {})).toBe(true);
  });

  it('asks for protocol, family and port', () => {
    expect(matches(node, { protocols: ['udp'] })).toBe(false);
    expect(matches(node, { protocols: ['udp', 'tcp'] })).toBe(true);
    expect(matches(node, { families: [6] })).toBe(false);
    expect(matches(node, { ports: [{ from: 1, to: 2999 }] })).toBe(false);
    expect(
      matches(node, {
        ports: [
          { from: 1, to: 1 },
          { from: 3000, to: 3001 },
        ],
      }),
    ).toBe(true);
  });

  it('finds a part of a process name in whatever case', () => {
    expect(matches(node, { process: 'NOD' })).toBe(true);
    expect(matches(node, { process: 'nginx' })).toBe(false);
    expect(matches(listener(), { process: 'node' })).toBe(false);
  });

  it("finds the executable's name, which the kernel does not cut", () => {
    const resolved = processOf({ name: 'systemd-resolve', executable: '/lib/systemd/systemd-resolved' });
    expect(matches(heldListener([resolved]), { process: 'systemd-resolved' })).toBe(true);
    expect(matches(heldListener([resolved]), { process: 'lib' })).toBe(false);
  });

  it('asks for the user of the processes, or of the socket where none is seen', () => {
    expect(matches(heldListener([processOf({ uid: 33 })]), { uid: 33 })).toBe(true);
    expect(matches(heldListener([processOf({ uid: 33 })]), { uid: 1000 })).toBe(false);
    expect(matches(listener({ processes: [], sockets: [{ uid: 5, holder: 'hidden' }] }), { uid: 5 })).toBe(
      true,
    );
    expect(matches(listener({ sockets: [{ uid: 5 }] }), { uid: 6 })).toBe(false);
  });

  it('asks for all the owners', () => {
    const owned = listener({ owners: ['--tree 1', 'others'] });
    const tree = { name: '--tree 1', pid: 1 };
    const env = { name: '--env A', environment: 'A' };
    expect(matches(owned, { owners: [tree] })).toBe(true);
    expect(matches(owned, { owners: [tree, env] })).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import { withoutClients } from '../src/arguments/ephemeral.js';
import { toFilter } from '../src/arguments/filters.js';
import { matches } from '../src/filter.js';
import { type SortKey, sortListeners } from '../src/order.js';
import { heldListener, listener, processOf } from './listeners.js';

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

  it("leaves out what is a client's, where that is asked for and no port by its number", async () => {
    const client = listener({ protocol: 'udp', port: 40000, ephemeral: true });
    const all = await toFilter([], {});
    const named = await toFilter([{ from: 40000, to: 40000 }], {});
    expect(matches(client, all)).toBe(true);
    expect(matches(client, withoutClients(all, {}))).toBe(false);
    expect(matches(listener({ protocol: 'udp', port: 53 }), withoutClients(all, {}))).toBe(true);
    expect(matches(client, withoutClients(all, { ephemeral: true }))).toBe(true);
    expect(matches(client, withoutClients(named, {}))).toBe(true);
  });
});

describe('the order', () => {
  const listeners = [
    heldListener([processOf({ pid: 9, name: 'a', user: 'zoe' })], { port: 30, address: '10.0.0.10' }),
    listener({ port: 20, protocol: 'udp', address: '10.0.0.9', sockets: [{ uid: null }] }),
    heldListener([processOf({ pid: 100, name: 'b', user: 'ada' })], { port: 10, family: 6, address: '::1' }),
  ];

  it.each<[SortKey, number[]]>([
    ['port', [10, 20, 30]],
    ['protocol', [10, 30, 20]],
    ['address', [20, 30, 10]],
    ['process', [30, 10, 20]],
    ['pid', [30, 10, 20]],
    ['user', [10, 30, 20]],
  ])('by %s is %j', (key, ports) => {
    expect(sortListeners(listeners, key).map(({ port }) => port)).toEqual(ports);
  });
});

import { describe, expect, it } from 'vitest';
import { type SortKey, sortListeners } from '../../src/listeners/order.js';
import { heldListener, listener, processOf } from '../listeners.js';

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

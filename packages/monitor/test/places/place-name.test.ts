import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PLACE_FORMS, parsePlaceName } from '../../src/places/place-name.js';

describe('the name of a place', () => {
  test.each([
    ['self', { kind: 'self' }],
    ['all', { kind: 'all' }],
    ['pid:1234', { kind: 'pid', pid: 1234 }],
    ['netns:blue', { kind: 'netns', name: 'blue' }],
    ['netns:/proc/1/ns/net', { kind: 'netns', name: '/proc/1/ns/net' }],
    ['docker:web-1', { kind: 'container', engine: 'docker', name: 'web-1' }],
    ['podman:3f2a', { kind: 'container', engine: 'podman', name: '3f2a' }],
    ['exec:docker exec "my web"', { kind: 'exec', command: ['docker', 'exec', 'my web'] }],
    ['ssh:me@host', { kind: 'ssh', target: 'me@host' }],
    ['ssh:ssh://me@host:2222', { kind: 'ssh', target: 'ssh://me@host:2222' }],
  ])('%s is understood', (text, expected) => {
    expect(parsePlaceName(text)).toEqual(expected);
  });

  test.each([
    ['', /no such place; there are self, all, pid:PID/],
    ['web', /no such place/],
    ['Docker:web', /no such place/],
    ['pid:0', /takes the number of a process/],
    ['pid:1e3', /takes the number of a process/],
    ['pid:4294967296', /takes the number of a process/],
    ['netns:', /takes a name of ip netns, or a path/],
    ['netns:../x', /takes a name of ip netns, or a path/],
    ['docker:', /takes a container's name or id/],
    ['docker:-x', /takes a container's name or id/],
    ['docker:a/../b', /takes a container's name or id/],
    ['exec:', /takes a command/],
    ['exec:"a', /quote is not closed/],
    ['ssh:', /takes a host/],
    ['ssh:-oProxyCommand=x', /takes a host/],
    ['ssh:a b', /takes a host/],
    ['ssh:a\x1b[2J', /takes a host/],
  ])('%j is refused, saying why', (text, message) => {
    expect(() => parsePlaceName(text)).toThrow(
      expect.objectContaining({ code: 'ERR_PORTOLAN_PLACE', message: expect.stringMatching(message) }),
    );
  });

  test('whatever it is, it is understood or refused', () => {
    const beginnings = PLACE_FORMS.map((form) => form.replace(/:.*/, ':'));
    const kinds = fc.constantFrom('', ...beginnings);
    fc.assert(
      fc.property(kinds, fc.string({ unit: 'binary' }), (kind, rest) => {
        try {
          expect(parsePlaceName(kind + rest)).toHaveProperty('kind');
        } catch (error) {
          expect(error).toMatchObject({ code: 'ERR_PORTOLAN_PLACE' });
        }
      }),
      { numRuns: 1000 },
    );
  });
});

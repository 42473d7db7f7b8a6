import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseSs } from '../../../src/sources/ss/parse-ss.js';
import { damaged } from '../../fixtures/damage.js';
import { expectPlausible, expectWithin } from '../../fixtures/plausible.js';
import { RECORDED_SS_VERSIONS, readRecording } from '../../fixtures/recording.js';

const HEADER = 'Netid State  Recv-Q Send-Q Local Address:Port Peer Address:Port\n';

function parseOne(row: string) {
  const { sockets, skipped } = parseSs(`${HEADER}${row}\n`);
  expect(skipped).toBe(0);
  expect(sockets).toHaveLength(1);
  return sockets[0];
}

describe('a row of ss', () => {
  test('tells the owner where it is not root', () => {
    expect(parseOne('tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:* ino:5 sk:1 <->')?.uid).toBe(0);
    expect(parseOne('tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:* uid:1000 ino:5 sk:1 <->')?.uid).toBe(1000);
  });

  test('tells a half-closed socket like any other', () => {
    expect(parseOne('udp UNCONN 0 0 [::]:22 [::]:* ino:5 sk:1 v6only:1 <--')?.v6Only).toBe(true);
  });

  test('gives the cgroup, whatever its name claims', () => {
    const name = '/a uid:7 ino:9 v6only:1 <->';
    const socket = parseOne(
      `tcp LISTEN 0 128 [::1]:22 [::]:* uid:1000 ino:5 sk:1 cgroup:${name} v6only:0 <->`,
    );
    expect(socket).toMatchObject({ cgroup: name, inode: 5, uid: 1000, v6Only: false });
    const ipv4 = parseOne(`tcp LISTEN 0 128 127.0.0.1:22 0.0.0.0:* ino:5 sk:1 cgroup:${name} <->`);
    expect(ipv4).toMatchObject({ cgroup: name, inode: 5, uid: 0, v6Only: null });
  });

  test('has no cgroup where ss did not find its path', () => {
    const row = 'tcp LISTEN 0 128 127.0.0.1:22 0.0.0.0:* ino:5 sk:1 cgroup:unreachable:1f <->';
    expect(parseOne(row)?.cgroup).toBeNull();
  });

  test.each([
    'tcp ESTAB 0 0 127.0.0.1:22 127.0.0.1:40 ino:5',
    'tcp UNCONN 0 0 127.0.0.1:22 0.0.0.0:*',
    'udp UNCONN 0 0 127.0.0.1:0 0.0.0.0:*',
    'udp UNCONN 0 0 127.0.0.1:65536 0.0.0.0:*',
    'udp UNCONN 0 0 127.0.0.1:053 0.0.0.0:*',
    'udp UNCONN 0 0 127.0.0.256:53 0.0.0.0:*',
    'udp UNCONN 0 0 [::1::]:53 [::]:*',
    'nl UNCONN 0 0 rtnl:kernel *',
    'what?',
  ])('that reads "%s" is passed over and counted', (row) => {
    expect(parseSs(`${HEADER}${row}\n`)).toEqual({ sockets: [], skipped: 1 });
  });
});

describe('a wildcard * without v6only', () => {
  test('is IPv4 where another row shows that ss asked through netlink', () => {
    expect(parseOne('tcp LISTEN 0 128 *:22 *:* ino:5 sk:1 <->')).toMatchObject({
      family: 4,
      address: '0.0.0.0',
    });
  });

  test('is IPv6 where another row shows that IPv4 is written 0.0.0.0', () => {
    const rows = 'tcp LISTEN 0 0 0.0.0.0:22 0.0.0.0:* ino:5\ntcp LISTEN 0 0 *:80 *:* ino:6\n';
    expect(parseSs(HEADER + rows).sockets[1]).toMatchObject({ family: 6, address: '::', v6Only: null });
  });

  test('is nobody can tell what otherwise, and the source fails', () => {
    expect(() => parseSs(`${HEADER}tcp LISTEN 0 0 *:80 *:* ino:6\n`)).toThrow('does not tell IPv4 from IPv6');
  });
});

describe('output', () => {
  test.each(['', '\n', 'usage: ss [ OPTIONS ]\n', '\0\0\0', 'Active Internet connections (only servers)\n'])(
    'that is "%s" is not that of ss',
    (output) => {
      expect(() => parseSs(output)).toThrow('something else');
    },
  );

  test('of a machine where nothing listens is an answer', () => {
    expect(parseSs(HEADER)).toEqual({ sockets: [], skipped: 0 });
  });

  test.each(RECORDED_SS_VERSIONS)('of ss %s never makes up a listener, however damaged', (version) => {
    const whole = readRecording(`ss-${version}/ss-lntue.txt`);
    fc.assert(
      fc.property(damaged(whole), (bytes) => {
        const output = bytes.toString('utf8');
        try {
          for (const socket of parseSs(output).sockets) {
            expectPlausible(socket);
            expectWithin(output, `:${socket.port}`);
          }
        } catch (error) {
          expect(error).toMatchObject({ code: 'ERR_PORTOLAN_SOURCE' });
        }
      }),
      { numRuns: 200 },
    );
  });
});

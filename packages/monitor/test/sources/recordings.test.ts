import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { endianness, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { OwnNamespace } from '../../src/kernel/namespaces/network-namespace.js';
import type { BoundSocket } from '../../src/listener.js';
import { readDumpPart } from '../../src/sources/netlink/dump-part.js';
import { readSockets } from '../../src/sources/netlink/read-sockets.js';
import { ProcSource } from '../../src/sources/proc/proc-source.js';
import { parseSs } from '../../src/sources/ss/parse-ss.js';
import {
  RECORDED_SS_VERSIONS,
  RECORDED_TRUTH,
  readRecordedDump,
  readRecording,
  recordedInterfaceName,
} from '../fixtures/recording.js';

const LITTLE_ENDIAN = endianness() === 'LE';

/** Sorted, so that sets can be compared, with only the fields that the truth and the source both know. */
function comparable<T extends { inode: number | null }>(sockets: readonly T[], keys: readonly (keyof T)[]) {
  const picked = sockets.map((socket) => Object.fromEntries(keys.map((key) => [key, socket[key]])));
  return picked.sort((a, b) => Number(a.inode) - Number(b.inode));
}

const ENDPOINT = ['protocol', 'family', 'address', 'port', 'inode'] as const;
const ALL_BUT_V6ONLY = [...ENDPOINT, 'interface', 'backlogLimit'] as const;

function expectTruth(sockets: readonly BoundSocket[]): void {
  expect(comparable(sockets, ALL_BUT_V6ONLY)).toEqual(comparable(RECORDED_TRUTH, ALL_BUT_V6ONLY));
  for (const { inode, v6Only } of RECORDED_TRUTH) {
    if (v6Only === null) continue;
    expect(sockets.find((socket) => socket.inode === inode)?.v6Only).toBe(v6Only);
  }
}

describe.each(RECORDED_SS_VERSIONS)('the output of ss %s', (version) => {
  test('gives the recorded sockets', () => {
    const { sockets, skipped } = parseSs(readRecording(`ss-${version}/ss-lntue.txt`).toString());
    expectTruth(sockets);
    expect(skipped).toBe(0);
  });

  test('is refused where it is cut off within a row', () => {
    const output = readRecording(`ss-${version}/ss-lntue.txt`).toString().trimEnd();
    expect(() => parseSs(output.slice(0, -10))).toThrow('cut off');
  });
});

describe.skipIf(!LITTLE_ENDIAN)('the recorded netlink dumps', () => {
  const dumps = (['tcp4', 'tcp6', 'udp4', 'udp6'] as const).flatMap(readRecordedDump);

  test('give the recorded sockets', () => {
    const names = { interfaceName: recordedInterfaceName, cgroupPath: () => null };
    const { sockets, skipped } = readSockets(Buffer.concat(dumps), names);
    expectTruth(sockets);
    expect(skipped).toBe(0);
  });

  test('end with their last datagram and not before', () => {
    for (const name of ['tcp4', 'tcp6', 'udp4', 'udp6'] as const) {
      const parts = readRecordedDump(name).map(readDumpPart);
      expect(parts.map(({ done }) => done)).toEqual(parts.map((_, i) => i === parts.length - 1));
      expect(
        parts.every(({ interrupted, malformed, errno }) => !interrupted && !malformed && errno === 0),
      ).toBe(true);
    }
  });
});

describe.skipIf(!LITTLE_ENDIAN)('the recorded files of /proc/net', () => {
  const directory = mkdtempSync(join(tmpdir(), 'portolan-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  test('give the recorded sockets', async () => {
    for (const name of ['tcp', 'tcp6', 'udp', 'udp6', 'sockstat', 'sockstat6']) {
      writeFileSync(join(directory, name), readRecording(`proc-net-${name}`));
    }
    const source = new ProcSource(new OwnNamespace(directory));
    const { listeners, skipped } = await source.look();
    source.close();
    const sockets = listeners.flatMap(({ sockets, ...of }) =>
      sockets.map((socket) => ({ ...of, ...socket })),
    );
    expect(comparable(sockets, ENDPOINT)).toEqual(comparable(RECORDED_TRUTH, ENDPOINT));
    expect(sockets.find(({ port }) => port === 5432)?.backlog).toBe(1);
    expect(skipped).toBe(0);
  });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { OwnNamespace } from '../../../src/kernel/namespaces/network-namespace.js';
import { ProcSource } from '../../../src/sources/proc/proc-source.js';

const HEADER =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';

function row(port: number, state: string, inode: number): string {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const text = `   0: 0100007F:${hex} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1`;
  return `${text.padEnd(149)}\n`;
}

describe('files like those of /proc/net', () => {
  let directory: string;
  let source: ProcSource;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'portolan-'));
    source = new ProcSource(new OwnNamespace(directory));
  });

  afterEach(() => {
    source.close();
    rmSync(directory, { recursive: true });
  });

  function write(name: string, text: string): void {
    writeFileSync(join(directory, name), text);
  }

  async function ports(): Promise<number[]> {
    return (await source.look()).listeners.map(({ port }) => port);
  }

  test('without tcp6, udp and udp6 are a machine without these protocols', async () => {
    write('tcp', HEADER + row(80, '0A', 1));
    expect(await ports()).toEqual([80]);
  });

  test('without tcp are no source', async () => {
    write('tcp6', HEADER);
    await expect(source.look()).rejects.toThrow(/tcp can't be opened \(ENOENT\)/);
  });

  test('with a udp that may not be read are no source', async () => {
    write('tcp', HEADER);
    mkdirSync(join(directory, 'udp'));
    await expect(source.look()).rejects.toThrow(/udp can't be read \(EISDIR\)/);
  });

  test('without a header are no source', async () => {
    write('tcp', row(80, '0A', 1));
    await expect(source.look()).rejects.toThrow('is no socket table');
  });

  test('that are empty are no source', async () => {
    write('tcp', '');
    await expect(source.look()).rejects.toThrow('is no socket table');
  });

  test('that end within a row are no source', async () => {
    write('tcp', (HEADER + row(80, '0A', 1) + row(81, '0A', 2)).slice(0, -60));
    await expect(source.look()).rejects.toThrow('is cut off');
  });

  test('are a source again when they are whole again', async () => {
    write('tcp', 'rubbish\n');
    await expect(source.look()).rejects.toThrow();
    write('tcp', HEADER + row(80, '0A', 1));
    expect(await ports()).toEqual([80]);
  });

  test('count the rows that are none', async () => {
    write('tcp', `${HEADER}rubbish\n${row(80, '0A', 1)}`);
    expect(await source.look()).toMatchObject({ skipped: 1, listeners: [{ port: 80 }] });
  });

  test('that did not change give the same answer, as the same object', async () => {
    write('tcp', HEADER + row(80, '0A', 1));
    const answer = await source.look();
    expect(await source.look()).toBe(answer);
    write('tcp', HEADER + row(80, '0A', 2));
    expect(await source.look()).not.toBe(answer);
  });

  describe('of a machine with many connections', () => {
    const connections = row(80, '01', 0).repeat(2000);

    beforeEach(() => write('sockstat', 'sockets: used 2009\nTCP: inuse 2001 orphan 0 tw 0 alloc 9 mem 0\n'));

    test('are read no further than the listeners once the order was checked', async () => {
      write('tcp', HEADER + row(80, '0A', 1) + connections);
      expect(await ports()).toEqual([80]);
      write('tcp', HEADER + row(81, '0A', 1) + connections + row(82, '0A', 1));
      expect(await ports()).toEqual([81]);
    });

    test('are read whole where listeners were seen behind connections', async () => {
      write('tcp', HEADER + row(80, '0A', 1) + connections + row(81, '0A', 2));
      expect(await ports()).toEqual([80, 81]);
      write('tcp', HEADER + row(80, '0A', 1) + connections + row(82, '0A', 2));
      expect(await ports()).toEqual([80, 82]);
    });

    test('are found disorderly while there are few connections, too', async () => {
      write('sockstat', 'TCP: inuse 3 orphan 0 tw 0 alloc 9 mem 0\n');
      write('tcp', HEADER);
      expect(await ports()).toEqual([]);
      write('tcp', HEADER + row(80, '01', 0) + row(80, '0A', 1));
      expect(await ports()).toEqual([80]);
      write('sockstat', 'TCP: inuse 2001 orphan 0 tw 0 alloc 9 mem 0\n');
      write('tcp', HEADER + connections + row(80, '0A', 1));
      expect(await ports()).toEqual([80]);
    });
  });

  test('that sockstat says are empty are read once more before a listener is given up', async () => {
    write('sockstat', 'TCP: inuse 1 orphan 0 tw 0 alloc 9 mem 0\n');
    write('tcp', HEADER + row(80, '0A', 1));
    expect(await ports()).toEqual([80]);
    write('sockstat', 'TCP: inuse 0 orphan 0 tw 0 alloc 9 mem 0\n');
    expect(await ports()).toEqual([80]);
    write('tcp', HEADER);
    expect(await ports()).toEqual([]);
  });

  test('are not read on when the signal is aborted', async () => {
    write('tcp', HEADER);
    await expect(source.look(AbortSignal.abort())).rejects.toThrow('aborted');
  });
});

import { describe, expect, test } from 'vitest';
import type { ListenRecord } from '../../../../src/port-monitor/doorbells/tracefs/parse-trace.js';
import { type Threads, TraceRecords } from '../../../../src/port-monitor/doorbells/tracefs/trace-records.js';
import { listenLine, stateLine } from './trace-lines.js';

const EADDRINUSE = 98;
const EINVAL = 22;
const OPENED: ListenRecord = {
  type: 'opened',
  family: 4,
  address: '127.0.0.1',
  port: 8080,
  pid: 7,
  atNs: 1_000_000n,
};
const nobody: Threads = { processOf: () => undefined, isForeign: () => false };
const CLOSED: ListenRecord = { ...OPENED, type: 'closed', atNs: 2_000_000n };

function taken(...lines: string[]) {
  const records = new TraceRecords(nobody);
  records.add(lines.map((line) => `${line}\n`).join(''));
  return records.take();
}

describe('the records of a trace', () => {
  test('are taken once', () => {
    const records = new TraceRecords(nobody);
    records.add(`${stateLine(OPENED)}\n`);
    expect(records.take()).toEqual({ records: [OPENED], underWay: [], lost: 0 });
    expect(records.take()).toEqual({ records: [], underWay: [], lost: 0 });
  });

  test('are read across pieces of text that end anywhere', () => {
    const text = `${stateLine(OPENED)}\nCPU:1 [LOST 3 EVENTS]\n${stateLine(CLOSED)}\n`;
    for (let cut = 0; cut <= text.length; cut++) {
      const records = new TraceRecords(nobody);
      records.add(text.slice(0, cut));
      records.add(text.slice(cut));
      expect(records.take()).toEqual({ records: [OPENED, CLOSED], underWay: [], lost: 3 });
    }
  });

  test('are none of a thread in another network namespace', () => {
    const records = new TraceRecords({ ...nobody, isForeign: (thread) => thread === 9 });
    const foreign = `${stateLine({ ...OPENED, pid: 9 })}\n${listenLine(-EADDRINUSE, { thread: 9 })}\n`;
    expect(records.add(foreign)).toMatchObject({ listened: false, bound: false, lost: false });
    expect(records.add(`${stateLine(OPENED)}\n`)).toMatchObject({
      listened: true,
      bound: false,
      lost: false,
    });
    expect(records.take().records).toEqual([OPENED]);
  });

  test('are in the order of time, and those of one moment in the order they came', () => {
    const reopened = { ...OPENED, atNs: CLOSED.atNs };
    expect(taken(stateLine(CLOSED), stateLine(reopened), stateLine(OPENED)).records).toEqual([
      OPENED,
      CLOSED,
      reopened,
    ]);
  });

  test('have the process of a thread that lives, and else what the kernel noted', () => {
    const records = new TraceRecords({ ...nobody, processOf: (thread) => (thread === 8 ? 5 : undefined) });
    records.add(`${stateLine(OPENED, { thread: 8 })}\n${stateLine(CLOSED, { thread: 9 })}\n`);
    expect(records.take().records).toEqual([{ ...OPENED, pid: 5 }, CLOSED]);
  });

  test('that nobody takes are counted as lost beyond a limit', () => {
    const records = new TraceRecords(nobody, 2);
    for (let i = 0; i < 5; i++) records.add(`${stateLine(OPENED)}\n`);
    expect(records.take()).toEqual({ records: [OPENED, OPENED], underWay: [], lost: 3 });
    records.add(`${stateLine(CLOSED)}\n`);
    expect(records.take()).toEqual({ records: [CLOSED], underWay: [], lost: 0 });
  });
});

describe('a listen() that fails', () => {
  const thread = OPENED.pid;

  test('has opened nothing, though the socket was in TCP_LISTEN for a moment', () => {
    const lines = [stateLine(OPENED), stateLine(CLOSED), listenLine(-EADDRINUSE, { thread })];
    expect(taken(...lines).records).toEqual([]);
  });

  test('has opened nothing, also where somebody asks while it is under way', () => {
    const records = new TraceRecords(nobody);
    records.add(`${listenLine(0, { thread })}\n`);
    const seen = [stateLine(OPENED), stateLine(CLOSED), listenLine(-EADDRINUSE, { thread })].map((line) => {
      records.add(`${line}\n`);
      const { records: over, underWay } = records.take(CLOSED.atNs);
      return { over, underWay };
    });
    expect(seen).toEqual([
      { over: [], underWay: [OPENED] },
      { over: [], underWay: [OPENED, CLOSED] },
      { over: [], underWay: [] },
    ]);
  });

  test('that succeeds is told when it returns', () => {
    const records = new TraceRecords(nobody);
    records.add(`${listenLine(0, { thread })}\n${stateLine(OPENED)}\n`);
    expect(records.take(CLOSED.atNs)).toEqual({ records: [], underWay: [OPENED], lost: 0 });
    records.add(`${listenLine(0, { thread })}\n`);
    expect(records.take()).toEqual({ records: [OPENED], underWay: [], lost: 0 });
  });

  test('is not waited for where its return is never recorded', () => {
    const records = new TraceRecords(nobody);
    records.add(`${listenLine(0, { thread })}\n${stateLine(OPENED)}\n`);
    expect(records.take(OPENED.atNs).underWay).toEqual([OPENED]);
    expect(records.take(OPENED.atNs + 200_000_000n)).toEqual({ records: [OPENED], underWay: [], lost: 0 });
  });

  test('does not undo an earlier one of the thread', () => {
    const before = [stateLine(OPENED), listenLine(0, { thread }), stateLine(CLOSED)];
    expect(taken(...before, listenLine(-EINVAL, { thread })).records).toEqual([OPENED, CLOSED]);
  });

  test('does not undo that of another thread', () => {
    const lines = [stateLine(OPENED), stateLine(CLOSED), listenLine(-EADDRINUSE, { thread: thread + 1 })];
    expect(taken(...lines, listenLine(0, { thread })).records).toEqual([OPENED, CLOSED]);
  });

  test('leaves a closing before it', () => {
    const other = { ...CLOSED, port: 22 };
    const lines = [
      stateLine(other),
      stateLine(OPENED),
      stateLine(CLOSED),
      listenLine(-EADDRINUSE, { thread }),
    ];
    expect(taken(...lines).records).toEqual([other]);
  });
});

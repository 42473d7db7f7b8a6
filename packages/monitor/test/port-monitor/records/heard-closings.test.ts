import { describe, expect, test } from 'vitest';
import type { SocketEnding } from '../../../src/port-monitor/doorbells/destroy-groups/socket-ending.js';
import type { ListenRecord } from '../../../src/port-monitor/doorbells/tracefs/parse-trace.js';
import { HeardClosings } from '../../../src/port-monitor/records/heard-closings.js';

const LONG = 10_000_000_000;

function closing(atNs: number, { port = 80, pid = 1, isOwn = false } = {}): ListenRecord {
  const [address, family] = ['127.0.0.1', 4] as const;
  return {
    type: 'closed',
    family,
    address,
    port,
    pid,
    thread: pid,
    isOwn,
    descriptor: null,
    atNs: BigInt(atNs),
  };
}

function ending(heardAtNs: number, port = 80): SocketEnding {
  return { family: 4, address: '127.0.0.1', port, heardAtNs: BigInt(heardAtNs) };
}

function heard() {
  const closings = new HeardClosings();
  const add = (records: readonly ListenRecord[], endings: readonly SocketEnding[], { now = 100 } = {}) =>
    closings.add(records, endings, BigInt(now));
  const hearings = (...records: ListenRecord[]) => records.map((record) => closings.hearing(record));
  return { closings, add, hearings };
}

describe('a closing', () => {
  test('was here if the end of its socket was heard, then or later', () => {
    const { add, hearings } = heard();
    const [early, late] = [closing(1), closing(2, { port: 81 })];
    add([early, late], [ending(3)]);
    expect(hearings(early, late)).toEqual(['heard', 'waiting']);
    add([], [ending(4, 81)]);
    expect(hearings(early, late)).toEqual(['heard', 'heard']);
  });

  test('was not here if no end was heard for long', () => {
    const { add, hearings } = heard();
    const record = closing(1);
    add([record], []);
    expect(hearings(record)).toEqual(['waiting']);
    add([], [], { now: LONG });
    expect(hearings(record)).toEqual(['unheard']);
    add([], [ending(LONG + 1)], { now: LONG + 2 });
    expect(hearings(record)).toEqual(['unheard']);
  });

  test('is not heard by an end that came before it: that was of a socket that never listened', () => {
    const { add, hearings } = heard();
    const record = closing(5);
    add([record], [ending(4)]);
    expect(hearings(record)).toEqual(['waiting']);
    add([], [], { now: LONG });
    expect(hearings(record)).toEqual(['unheard']);
  });

  test('is one of as many as ends are heard, if one process closed them all', () => {
    const { add, hearings } = heard();
    const records = [closing(1), closing(2), closing(3)];
    add(records, [ending(10), ending(11)]);
    expect(hearings(...records)).toEqual(['heard', 'heard', 'waiting']);
  });

  test('waits while it or that of another process was here, and neither is told if that is never known', () => {
    const { add, hearings } = heard();
    const records = [closing(1, { pid: 1 }), closing(2, { pid: 2 })];
    add(records, [ending(10)]);
    expect(hearings(...records)).toEqual(['waiting', 'waiting']);
    add([], [], { now: LONG });
    expect(hearings(...records)).toEqual(['unheard', 'unheard']);
  });

  test('is that of a thread that is here, if the other ones have ended', () => {
    const { add, hearings } = heard();
    const records = [closing(1, { pid: 1 }), closing(2, { pid: 2, isOwn: true }), closing(3, { pid: 3 })];
    add(records, [ending(10)]);
    expect(hearings(...records)).toEqual(['waiting', 'heard', 'waiting']);
    add([], [ending(11)]);
    expect(hearings(...records)).toEqual(['waiting', 'heard', 'waiting']);
    add([], [ending(12)]);
    expect(hearings(...records)).toEqual(['heard', 'heard', 'heard']);
  });

  test('was here, and that of another process too, if both ends are heard', () => {
    const { add, hearings } = heard();
    const records = [closing(1, { pid: 1 }), closing(2, { pid: 2 })];
    add(records, [ending(10)]);
    add([], [ending(11)]);
    expect(hearings(...records)).toEqual(['heard', 'heard']);
  });

  test('is given up when messages were lost', () => {
    const { closings, add, hearings } = heard();
    const records = [closing(1), closing(2, { port: 81 })];
    add(records, [ending(10, 81)]);
    expect(closings.giveUp()).toBe(1);
    expect(hearings(...records)).toEqual(['unheard', 'heard']);
    expect(closings.giveUp()).toBe(0);
  });
});

import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePs } from '../../../src/processes/ps/parse-ps.js';
import { readProcStat } from '../../../src/processes/read-process.js';
import { damaged } from '../../fixtures/damage.js';
import { MAC_PS_COMMAND } from '../../fixtures/ps-output.js';

describe('a row of ps', () => {
  test('tells the parent, the start and the command line', () => {
    const rows = parsePs(MAC_PS_COMMAND);
    expect([...rows.keys()]).toEqual([1, 109, 332, 853, 13122]);
    expect(rows.get(13122)).toEqual({
      parentPid: 853,
      startedAt: new Date('2026-12-07T09:12:44Z'),
      text: 'node server.js  --name two words',
    });
    expect(rows.get(853)?.startedAt).toEqual(new Date('2026-12-06T23:59:59Z'));
  });

  test.each([
    '',
    'PID PPID STARTED COMMAND',
    '5 1 Do 26 Nov 08:00:01 2026 sh',
    '5 1 Thu Xyz 26 08:00:01 2026 sh',
    '5 Thu Nov 26 08:00:01 2026 sh',
    'x 1 Thu Nov 26 08:00:01 2026 sh',
  ])('that reads "%s" is none', (line) => {
    expect(parsePs(`${line}\n`).size).toBe(0);
  });

  test('does not count if the process has two: one is made of somebody’s arguments', () => {
    const forged = `${MAC_PS_COMMAND}  109     1 Thu Nov 26 08:00:09 2026 sh\n    1     7 Thu Nov 26 08:00:09 2026 sh\n`;
    expect([...parsePs(forged).keys()]).toEqual([332, 853, 13122]);
  });

  test('of the ps of this machine tells what /proc does', () => {
    const columns = ['pid', 'ppid', 'lstart', 'ucomm'].flatMap((name) => ['-o', `${name}=`]);
    const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
    const rows = parsePs(
      execFileSync('ps', [...columns, '-p', `1,${process.pid}`], { env, encoding: 'utf8' }),
    );
    for (const pid of [1, process.pid]) {
      const { name, parentPid } = readProcStat(pid) ?? {};
      expect(rows.get(pid)).toMatchObject({ text: name, parentPid });
    }
    const ageMs = Date.now() - (rows.get(process.pid)?.startedAt.getTime() ?? 0);
    expect(Math.abs(ageMs - 1000 * process.uptime())).toBeLessThan(2500);
  });
});

test('the output of ps never makes up a process, however damaged', () => {
  fc.assert(
    fc.property(damaged(Buffer.from(MAC_PS_COMMAND)), (bytes) => {
      const output = bytes.toString('utf8');
      for (const [pid, { parentPid, startedAt }] of parsePs(output)) {
        expect(output).toContain(String(pid));
        expect(output).toContain(String(parentPid));
        expect(Number.isNaN(startedAt.getTime())).toBe(false);
      }
    }),
    { numRuns: 2000 },
  );
});

/** What ps tells of a process. */
export interface PsRow {
  readonly parentPid: number;
  /** Exact to the second. */
  readonly startedAt: Date;
  /** The last column: a name, or a command line. */
  readonly text: string;
}

const ROW =
  /^ *(\d{1,10}) +(\d{1,10}) +[A-Z][a-z]{2} +([A-Z][a-z]{2}) +(\d{1,2}) (\d\d):(\d\d):(\d\d) (\d{4})(?: (.*))?$/;
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/**
 * Parses what `ps -o pid= -o ppid= -o lstart= -o command=` prints (ps(1) of macOS) in the C locale and in UTC. The last
 * column may be another one. Each process is one row. Other lines are skipped. If a pid has two rows, it is skipped too:
 * the arguments of some process have forged one of the rows.
 */
export function parsePs(output: string): Map<number, PsRow> {
  const rows = new Map<number, PsRow>();
  const twice = new Set<number>();
  for (const line of output.split('\n')) {
    const [, pid, parentPid, month = '', day, hours, minutes, seconds, year, text = ''] =
      ROW.exec(line) ?? [];
    const startedAt = Date.UTC(
      Number(year),
      MONTHS.indexOf(month),
      Number(day),
      Number(hours),
      Number(minutes),
      Number(seconds),
    );
    if (!MONTHS.includes(month) || Number.isNaN(startedAt)) continue;
    if (rows.has(Number(pid))) twice.add(Number(pid));
    rows.set(Number(pid), {
      parentPid: Number(parentPid),
      startedAt: new Date(startedAt),
      text: text.trim(),
    });
  }
  for (const pid of twice) rows.delete(pid);
  return rows;
}

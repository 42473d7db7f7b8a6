import { containerPort } from '../../processes/container-port.js';
import { parseCgroupPath, parseContainerId, parseUnit } from '../../processes/parse-cgroup.js';
import { parseCommandLine } from '../../processes/parse-command-line.js';
import { parseStat } from '../../processes/parse-stat.js';
import { parseEffectiveUid, parseNamespacePid } from '../../processes/parse-status.js';
import { NO_OWNERS, type Process } from '../../processes/process.js';
import type { Part } from './frames.js';

/**
 * A process elsewhere, from files of its /proc/PID: `status` (with `cgroup` behind it), `stat` and `cmdline`. The links to
 * its executable and its directory, and the wall clock's time of its start, are not read. Null if the process has ended.
 */
function parseProcess(pid: number, files: ReadonlyMap<string, Buffer>): Process | null {
  const stat = parseStat(files.get('stat') ?? Buffer.alloc(0));
  const status = files.get('status') ?? Buffer.alloc(0);
  if (stat === null) return null;
  const commandLine = parseCommandLine(files.get('cmdline') ?? Buffer.alloc(0));
  return {
    pid,
    namespacePid: parseNamespacePid(status),
    parentPid: stat.parentPid,
    name: stat.name,
    commandLine,
    executable: null,
    uid: parseEffectiveUid(status),
    user: null,
    startedAt: null,
    startTicks: stat.startTicks,
    workingDirectory: null,
    container: parseContainerId(status),
    unit: parseUnit(status),
    cgroup: parseCgroupPath(status),
    leadsTo: containerPort({ name: stat.name, executable: null, commandLine }),
    owners: NO_OWNERS,
  };
}

/** The processes in the answer to the request `processes`: parts `PID/FILE`. Processes that have ended are missing. */
export function parseProcesses(parts: readonly Part[]): Map<number, Process> {
  const files = new Map<number, Map<string, Buffer>>();
  for (const { label, bytes } of parts) {
    const [, pid, file] = /^([1-9]\d{0,9})\/([a-z]+)$/.exec(label) ?? [];
    if (pid === undefined || file === undefined) continue;
    const ofPid = files.get(Number(pid)) ?? new Map<string, Buffer>();
    files.set(Number(pid), ofPid.set(file, bytes));
  }
  const processes = new Map<number, Process>();
  for (const [pid, ofPid] of files) {
    const process = parseProcess(pid, ofPid);
    if (process !== null) processes.set(pid, process);
  }
  return processes;
}

/**
 * Parses what `ls -Llin /proc/PID/fd/N…` printed (ls(1), POSIX). A line begins with an inode and a mode, which begins with
 * `s` for a socket, and ends with the path.
 *
 * @returns the pids that hold each of these sockets, by the socket's inode
 */
export function parseHolders(output: string, inodes: ReadonlySet<number>): Map<number, Set<number>> {
  const holders = new Map<number, Set<number>>();
  for (const line of output.split('\n')) {
    const [, inode, pid] =
      /^ *([1-9]\d{0,14}) +s[^ ]{9,11} .* \/proc\/([1-9]\d{0,9})\/fd\/\d+$/.exec(line) ?? [];
    if (inode === undefined || !inodes.has(Number(inode))) continue;
    holders.set(Number(inode), (holders.get(Number(inode)) ?? new Set()).add(Number(pid)));
  }
  return holders;
}

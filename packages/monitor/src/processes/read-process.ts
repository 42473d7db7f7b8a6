import { dateOfTicks } from './clock-ticks.js';
import { containerPort } from './container-port.js';
import { parseCgroupPath, parseContainerId, parseUnit } from './parse-cgroup.js';
import { COMMAND_LINE_LIMIT, parseCommandLine } from './parse-command-line.js';
import { type ProcessStat, type ProcessState, parseStat, parseState } from './parse-stat.js';
import { parseEffectiveUid, parseNamespacePid } from './parse-status.js';
import { NO_OWNERS, type Process } from './process.js';
import { readProcFile, readProcLink } from './read-proc-file.js';
import { threads } from './threads.js';
import { Users } from './users.js';

/** /proc/PID/stat has a name and 51 numbers of 20 digits at most. */
const STAT_LIMIT = 2048;
/** In /proc/PID/status `NSpid` comes behind `Groups`, of which there may be some hundreds. */
export const STATUS_LIMIT = 4096;
/** /proc/PID/cgroup has a dozen hierarchies in version 1, with paths of some 200 bytes under Kubernetes. */
const CGROUP_LIMIT = 16 * 1024;

const users = new Users();

/** Reads a process from /proc/PID (proc(5)); null if it is gone. */
export function readProcess(pid: number): Process | null {
  const stat = readProcStat(pid);
  if (stat === null) return null;
  const program = programDirectory(pid);
  const commandLine = parsed(readProcFile(`${program}/cmdline`, COMMAND_LINE_LIMIT + 1), parseCommandLine);
  const executable = readProcLink(`${program}/exe`);
  const cgroups = readProcFile(`/proc/${pid}/cgroup`, CGROUP_LIMIT);
  const status = readProcFile(`/proc/${pid}/status`, STATUS_LIMIT);
  const uid = parsed(status, parseEffectiveUid);
  return {
    pid,
    namespacePid: parsed(status, parseNamespacePid),
    parentPid: stat.parentPid,
    name: stat.name,
    commandLine,
    executable,
    uid,
    user: uid === null ? null : users.name(uid),
    startedAt: dateOfTicks(stat.startTicks),
    startTicks: stat.startTicks,
    workingDirectory: readProcLink(`${program}/cwd`),
    container: parsed(cgroups, parseContainerId),
    unit: parsed(cgroups, parseUnit),
    cgroup: parsed(cgroups, parseCgroupPath),
    leadsTo: containerPort({ name: stat.name, executable, commandLine }),
    owners: NO_OWNERS,
  };
}

/** Reads the id of the container that a process runs in; null if it runs in none, or is gone. */
export function readContainer(pid: number): string | null {
  return parsed(readProcFile(`/proc/${pid}/cgroup`, CGROUP_LIMIT), parseContainerId);
}

/** Reads the path of a process's cgroup in the cgroup v2 hierarchy; null if it is in none, or is gone. */
export function readCgroupPath(pid: number): string | null {
  return parsed(readProcFile(`/proc/${pid}/cgroup`, CGROUP_LIMIT), parseCgroupPath);
}

/** Reads which process has a pid now, from /proc/PID/stat (proc_pid_stat(5)); null if there is none. */
export function readProcStat(pid: number): ProcessStat | null {
  return parsed(readProcFile(`/proc/${pid}/stat`, STAT_LIMIT), parseStat);
}

/** Reads what a process is doing from the same; null if it is gone. */
export function readState(pid: number): ProcessState | null {
  return parsed(readProcFile(`/proc/${pid}/stat`, STAT_LIMIT), parseState);
}

/**
 * Where /proc tells what a process runs, and in which environment. A main thread that has ended tells nothing any more,
 * another thread of it does.
 */
export function programDirectory(pid: number): string {
  const directory = `/proc/${pid}`;
  if (readProcLink(`${directory}/exe`) !== null) return directory;
  const thread = threads(pid).find((each) => readProcLink(`/proc/${pid}/task/${each}/exe`) !== null);
  return thread === undefined ? directory : `${directory}/task/${thread}`;
}

function parsed<T>(bytes: Buffer | null, parse: (bytes: Buffer) => T): T | null {
  return bytes === null ? null : parse(bytes);
}

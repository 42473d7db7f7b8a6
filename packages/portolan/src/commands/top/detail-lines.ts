import {
  type Ancestor,
  type ContainerPort,
  formatEndpoint,
  type Listener,
  type ListenerSocket,
  type Process,
} from '@portolan/monitor';
import type { UserNames } from '../../listeners/user-names.js';
import { containerPortText } from '../../render/container-port-text.js';
import { processText } from '../../render/process-name.js';
import { visibleText } from '../../render/visible-text.js';
import type { AncestorsOf } from './ancestors.js';
import type { Row } from './rows.js';
import { wrapText } from './wrap-text.js';

const LABEL_WIDTH = 11;
/** The most lines of one text, so that a long command line leaves room for the rest. */
const WRAP_LIMIT = 3;

/** All that is known of a row, in lines of a width: its first process, its sockets, and the other processes. */
export function detailLines(
  { service }: Row,
  { users, ancestorsOf }: { readonly users: UserNames; readonly ancestorsOf: AncestorsOf },
  width: number,
): string[] {
  const { place, processes, listeners } = service;
  const userText = (uid: number) => visibleText(users.nameAt(place, uid) ?? String(uid));
  const [first, ...others] = processes ?? [];
  const sockets = listeners.flatMap((listener) => listener.sockets);
  const owners = new Set(listeners.flatMap((listener) => listener.owners));
  const lines = [
    ...(first === undefined ? [] : processLines(first, userText, ancestorsOf(first))),
    // Everybody may see these of a socket, even if its process may not be seen.
    ...known('unit', first?.unit ?? sockets.find(({ unit }) => unit !== null)?.unit),
    ...known('container', first?.container ?? sockets.find(({ container }) => container !== null)?.container),
    ...known('owners', owners.size > 0 ? [...owners].join(', ') : undefined),
    ...listeners.flatMap((listener) =>
      listener.sockets.map((socket) => labelled('socket', socketText(listener, socket, userText))),
    ),
    ...others.map((other) => labelled('also', joined([holderText(other), commandOf(other)]))),
  ];
  return lines.flatMap((line) => wrapText(line, width, { indent: LABEL_WIDTH, limit: WRAP_LIMIT }));
}

/** The first lines. If some are left out, the last line counts them. */
export function cutLines(lines: readonly string[], count: number): string[] {
  if (lines.length <= count) return [...lines];
  const kept = lines.slice(0, Math.max(0, count - 1));
  return count < 1 ? [] : [...kept, `… ${lines.length - kept.length} more lines`];
}

/** `nginx (pid 812)  pid 4 in its namespace`. */
function holderText(process: Process): string {
  const { pid, namespacePid } = process;
  const isNamespaced = namespacePid !== null && namespacePid !== pid;
  return joined([
    visibleText(processText(process)),
    isNamespaced ? `pid ${namespacePid} in its namespace` : undefined,
  ]);
}

function processLines(
  process: Process,
  userText: (uid: number) => string,
  ancestors: readonly Ancestor[],
): string[] {
  const { parentPid, executable, workingDirectory, startedAt, leadsTo } = process;
  const user = process.user ?? (process.uid === null ? undefined : userText(process.uid));
  const head = [
    holderText(process),
    parentPid === null || ancestors.length > 0 ? undefined : `parent ${parentPid}`,
    user && `user ${visibleText(user)}`,
    startedAt === null ? undefined : `started ${timeText(startedAt)}`,
  ];
  return [
    labelled('process', joined(head)),
    ...known('parents', ancestors.length > 0 ? [process, ...ancestors].map(processText).join(' < ') : null),
    ...known('executable', executable),
    ...known('directory', workingDirectory),
    ...known('command', commandOf(process) || null, (text) => text),
    ...known('leads to', leadsTo && leadsToText(leadsTo)),
  ];
}

function socketText(listener: Listener, socket: ListenerSocket, userText: (uid: number) => string): string {
  const { inode, uid, backlog, backlogLimit, cgroup, v6Only, holder } = socket;
  return joined([
    `${listener.protocol} ${formatEndpoint(listener)}`,
    socket.interface === null ? undefined : `on ${visibleText(socket.interface)}`,
    v6Only === true ? 'IPv6 only' : undefined,
    inode === null ? undefined : `inode ${inode}`,
    backlog === null ? undefined : `backlog ${backlog}${backlogLimit === null ? '' : ` of ${backlogLimit}`}`,
    uid === null ? undefined : `made by ${userText(uid)}`,
    holder === 'process' || holder === null ? undefined : `held by ${HOLDERS[holder]}`,
    cgroup === null ? undefined : `cgroup ${visibleText(cgroup)}`,
  ]);
}

const HOLDERS = { kernel: 'the kernel', hidden: 'a process that may not be seen' } as const;

function leadsToText(leadsTo: ContainerPort): string {
  const port = containerPortText(leadsTo);
  return port === undefined ? 'a container' : `${port} in a container`;
}

function commandOf({ commandLine }: Process): string {
  return visibleText(commandLine?.join(' ') ?? '');
}

function known(label: string, text: string | null | undefined, show = visibleText): string[] {
  return text === null || text === undefined ? [] : [labelled(label, show(text))];
}

function labelled(label: string, text: string): string {
  return `${label.padEnd(LABEL_WIDTH)}${text}`;
}

function joined(parts: readonly (string | undefined)[]): string {
  return parts.filter(Boolean).join('  ');
}

/** `2026-11-24 05:16:44`, in the reader's time zone. */
function timeText(at: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-');
  return `${day} ${[at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':')}`;
}

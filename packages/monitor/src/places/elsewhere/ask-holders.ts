import type { BoundSocket } from '../../listener.js';
import type { Process } from '../../processes/process.js';
import { parseHolders, parseProcesses } from './parse-holders.js';
import type { ShellSession } from './shell-session.js';

/** How many holders are read at most. */
const PROCESS_LIMIT = 1000;

/** The holders of each socket, by its inode. */
export type HoldersByInode = ReadonlyMap<number, readonly Process[]>;

/**
 * Asks the shell elsewhere who holds these sockets.
 *
 * @returns undefined if that can't be learned there: there is no `ls`
 * @throws Error as {@link ShellSession.ask} does
 */
export async function askHolders(
  session: ShellSession,
  inodes: ReadonlySet<number>,
  signal: AbortSignal,
): Promise<HoldersByInode | undefined> {
  if (inodes.size === 0) return new Map();
  const sockets = await session.ask(`holders ${[...inodes].join(' ')}`, signal);
  if (sockets.last === 'none') return undefined;
  const pids = parseHolders(sockets.parts[0]?.bytes.toString('latin1') ?? '', inodes);
  const wanted = [...new Set([...pids.values()].flatMap((each) => [...each]))].slice(0, PROCESS_LIMIT);
  if (wanted.length === 0) return new Map();
  const { parts } = await session.ask(`processes ${wanted.join(' ')}`, signal);
  const processes = parseProcesses(parts);
  const ofPids = (each: ReadonlySet<number>) => [...each].flatMap((pid) => processes.get(pid) ?? []);
  return new Map([...pids].map(([inode, each]) => [inode, ofPids(each)]));
}

/** The inodes of these sockets. A socket without an inode is skipped. */
export function inodesOf(sockets: readonly BoundSocket[]): Set<number> {
  return new Set(sockets.flatMap(({ inode }) => (inode === null || inode === 0 ? [] : inode)));
}

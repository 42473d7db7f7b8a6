/** How many sockets of a protocol there are, by the name that /proc/net/sockstat{,6} gives it: `TCP`, `UDP6`. */
export type SocketCounts = ReadonlyMap<string, number>;

/**
 * Reads /proc/net/sockstat and sockstat6 (sockstat_seq_show() in net/ipv4/proc.c): lines such as
 * `TCP: inuse 22 orphan 0 tw 0 alloc 32 mem 0`, of which `inuse` is taken. Other lines are passed over.
 */
export function parseSockstat(text: string): SocketCounts {
  const counts = new Map<string, number>();
  for (const [, name, inUse] of text.matchAll(/^(\w+): inuse (\d{1,10})(?= |$)/gm)) {
    if (name !== undefined) counts.set(name, Number(inUse));
  }
  return counts;
}

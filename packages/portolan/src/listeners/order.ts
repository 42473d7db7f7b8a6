import { compareListeners, type Listener } from '@portolan/monitor';

/** The keys that listeners can be sorted by. */
export const SORT_KEYS = ['port', 'protocol', 'address', 'process', 'pid', 'user'] as const;

export type SortKey = (typeof SORT_KEYS)[number];

/** Sorts listeners by a key, and those with the same key by port. Those without the key come last. */
export function sortListeners(listeners: readonly Listener[], key: SortKey): Listener[] {
  const compare = COMPARISONS[key];
  return listeners.toSorted((a, b) => compare(a, b) || compareListeners(a, b));
}

const COMPARISONS: Record<SortKey, (a: Listener, b: Listener) => number> = {
  port: () => 0,
  protocol: (a, b) => compareText(a.protocol, b.protocol),
  address: (a, b) => a.family - b.family || compareText(a.address, b.address),
  process: (a, b) => lastIfMissing(a.processes?.[0]?.name, b.processes?.[0]?.name, compareText),
  pid: (a, b) => lastIfMissing(a.processes?.[0]?.pid, b.processes?.[0]?.pid, (one, other) => one - other),
  user: (a, b) => lastIfMissing(userOf(a), userOf(b), compareText),
};

function userOf(listener: Listener): string | undefined {
  const process = listener.processes?.[0];
  return process?.user ?? (process?.uid ?? listener.sockets[0]?.uid)?.toString();
}

function lastIfMissing<T>(a: T | undefined, b: T | undefined, compare: (a: T, b: T) => number): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return compare(a, b);
}

function compareText(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

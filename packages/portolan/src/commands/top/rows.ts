import { type Listener, listenerKey } from '@portolan/monitor';
import { type SortKey, sortListeners } from '../../listeners/order.js';
import type { UserNames } from '../../listeners/user-names.js';
import { groupServices, type Service } from '../../render/services.js';
import { type Entries, FADE_MS } from './entries.js';
import { searchTest } from './search.js';

/** A row of the view: a service, and when it opened and closed. */
export interface Row {
  readonly service: Service;
  /** When the newest of its listeners opened; undefined if all were open before the view began. */
  readonly openedAt: number | undefined;
  /** When the last of its listeners closed; undefined while one is open. */
  readonly closedAt: number | undefined;
  /** The {@link listenerKey} of each of its listeners. */
  readonly keys: readonly string[];
}

/** Which rows are wanted, and in which order. */
export interface RowChoice {
  readonly sort: SortKey;
  readonly isReversed: boolean;
  /** The search as it was typed. */
  readonly search: string;
  readonly users: UserNames;
  /** True if the places are shown, and therefore searched. */
  readonly hasPlaces: boolean;
}

/** The rows at a time: the services with a listener that is open or has not faded yet. */
export function rowsOf(entries: Entries, choice: RowChoice, now: number): Row[] {
  const isWanted = searchTest(choice.search, choice.users, choice.hasPlaces);
  const listeners: Listener[] = [];
  for (const { listener, closedAt } of entries.values()) {
    if ((closedAt === undefined || now - closedAt < FADE_MS) && isWanted(listener)) listeners.push(listener);
  }
  const services = groupServices(sortListeners(listeners, choice.sort));
  if (choice.isReversed) services.reverse();
  return services.map((service) => rowOf(service, entries));
}

function rowOf(service: Service, entries: Entries): Row {
  const keys = service.listeners.map(listenerKey);
  const all = keys.flatMap((key) => entries.get(key) ?? []);
  const open = all.filter(({ closedAt }) => closedAt === undefined);
  return {
    service,
    keys,
    openedAt: newest((open.length > 0 ? open : all).map(({ openedAt }) => openedAt)),
    closedAt: open.length > 0 ? undefined : newest(all.map(({ closedAt }) => closedAt)),
  };
}

function newest(times: readonly (number | undefined)[]): number | undefined {
  let latest: number | undefined;
  for (const time of times)
    if (time !== undefined && time > (latest ?? Number.NEGATIVE_INFINITY)) latest = time;
  return latest;
}

import { NetlinkSource } from './netlink/netlink-source.js';
import { ProcSource } from './proc/proc-source.js';
import { SOURCE_NAMES, type Source, type SourceName } from './source.js';
import { SsSource } from './ss/ss-source.js';

/** The sources of a chain, `auto` meaning all of them, best first. */
export function createSources(names: 'auto' | readonly SourceName[]): Source[] {
  const chosen = names === 'auto' ? SOURCE_NAMES : [...new Set(names)];
  return chosen.map((name) => CONSTRUCTORS[name]());
}

const CONSTRUCTORS: Record<SourceName, () => Source> = {
  netlink: () => new NetlinkSource(),
  proc: () => new ProcSource(),
  ss: () => new SsSource(),
};

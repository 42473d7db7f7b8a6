import { isMac } from '../platform.js';
import { LsofSource } from './lsof/lsof-source.js';
import { NetlinkSource } from './netlink/netlink-source.js';
import { ProcSource } from './proc/proc-source.js';
import type { Source, SourceName } from './source.js';
import { SsSource } from './ss/ss-source.js';
import { UnsupportedSource } from './unsupported-source.js';

/** What `auto` means, best first. On Linux lsof sees less than the others, and takes longer. */
const AUTO = { linux: ['netlink', 'proc', 'ss'], mac: ['lsof'] } as const;

/** The sources of a chain, `auto` meaning all that are worth trying on this system. */
export function createSources(names: 'auto' | readonly SourceName[]): Source[] {
  const chosen = names === 'auto' ? AUTO[isMac() ? 'mac' : 'linux'] : new Set(names);
  return [...chosen].map((name) => {
    const isThere = name === 'lsof' || !isMac();
    return isThere ? CONSTRUCTORS[name]() : new UnsupportedSource(name);
  });
}

const CONSTRUCTORS: Record<SourceName, () => Source> = {
  netlink: () => new NetlinkSource(),
  proc: () => new ProcSource(),
  ss: () => new SsSource(),
  lsof: () => new LsofSource(),
};

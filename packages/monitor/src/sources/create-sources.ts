import { type NetworkNamespace, OwnNamespace } from '../kernel/namespaces/network-namespace.js';
import { isMac } from '../kernel/platform.js';
import { LsofSource } from './lsof/lsof-source.js';
import { NetlinkSource } from './netlink/netlink-source.js';
import { ProcSource } from './proc/proc-source.js';
import type { Source, SourceName } from './source.js';
import { SsSource } from './ss/ss-source.js';
import { UnsupportedSource } from './unsupported-source.js';

/** What `auto` means, best first. On Linux lsof sees less than the others, and takes longer. */
const AUTO = { linux: ['netlink', 'proc', 'ss'], mac: ['lsof'], other: ['netlink', 'proc'] } as const;

/**
 * The sources of a chain, `auto` meaning all that are worth trying there.
 *
 * @param other the network namespace to look into, where it is not this process's own
 */
export function createSources(names: 'auto' | readonly SourceName[], other?: NetworkNamespace): Source[] {
  const auto = AUTO[other !== undefined ? 'other' : isMac() ? 'mac' : 'linux'];
  const chosen = names === 'auto' ? auto : new Set(names);
  return [...chosen].map((name) => {
    if (isMac() && name !== 'lsof')
      return new UnsupportedSource(name, 'only Linux has this; the source of macOS is lsof');
    if (other !== undefined && (name === 'ss' || name === 'lsof'))
      return new UnsupportedSource(name, `${name} does not look into other network namespaces`);
    return CONSTRUCTORS[name](other ?? new OwnNamespace());
  });
}

const CONSTRUCTORS: Record<SourceName, (namespace: NetworkNamespace) => Source> = {
  netlink: (namespace) => new NetlinkSource(namespace),
  proc: (namespace) => new ProcSource(namespace),
  ss: () => new SsSource(),
  lsof: () => new LsofSource(),
};

import { type NetworkNamespace, OwnNamespace } from '../kernel/namespaces/network-namespace.js';
import { isMac } from '../kernel/platform.js';
import { LsofSource } from './lsof/lsof-source.js';
import { NetlinkSource } from './netlink/netlink-source.js';
import { ProcSource } from './proc/proc-source.js';
import type { Source, SourceName } from './source.js';
import { SsSource } from './ss/ss-source.js';
import { UnsupportedSource } from './unsupported-source.js';

/** What there is to know of a source before it is made. */
interface SourceKind {
  readonly isOnMac: boolean;
  readonly entersNamespaces: boolean;
  create(namespace: NetworkNamespace): Source;
}

const KINDS: Record<SourceName, SourceKind> = {
  netlink: {
    isOnMac: false,
    entersNamespaces: true,
    create: (namespace) => new NetlinkSource(namespace),
  },
  proc: {
    isOnMac: false,
    entersNamespaces: true,
    create: (namespace) => new ProcSource(namespace),
  },
  ss: {
    isOnMac: false,
    entersNamespaces: false,
    create: () => new SsSource(),
  },
  lsof: {
    isOnMac: true,
    entersNamespaces: false,
    create: () => new LsofSource(),
  },
};

/** What `auto` means, best first. On Linux lsof sees less than the others and takes longer. */
const AUTO = { linux: ['netlink', 'proc', 'ss'], mac: ['lsof'], other: ['netlink', 'proc'] } as const;

/**
 * Makes the sources of a chain. A source that this system does not have is among them, and fails.
 *
 * @param names `auto` for all that are worth trying
 * @param other the network namespace to look into, if it is not this process's own
 */
export function createSources(names: 'auto' | readonly SourceName[], other?: NetworkNamespace): Source[] {
  const auto = AUTO[other !== undefined ? 'other' : isMac() ? 'mac' : 'linux'];
  const chosen = names === 'auto' ? auto : new Set(names);
  return [...chosen].map((name) => createSource(name, other));
}

function createSource(name: SourceName, other: NetworkNamespace | undefined): Source {
  const { isOnMac, entersNamespaces, create } = KINDS[name];
  if (isMac() && !isOnMac)
    return new UnsupportedSource(name, 'only Linux has this; the source of macOS is lsof');
  if (other !== undefined && !entersNamespaces)
    return new UnsupportedSource(name, `${name} does not look into other network namespaces`);
  return create(other ?? new OwnNamespace());
}

import type { NetworkNamespace } from '../kernel/namespaces/network-namespace.js';
import type { Source } from '../sources/source.js';

/** A network stack of this machine that can be looked at. */
export interface LocalSite {
  readonly kind: 'local';
  /** What is written on its listeners. */
  readonly place: string;
  /** Differs from that of another one that takes its place later, such as that of a container that was started again. */
  readonly id: string;
  readonly namespace: NetworkNamespace;
  /** Its {@link networkNamespaceOf}; undefined if that can't be told. */
  readonly tableInode: number | undefined;
  /** Processes in it: the likely holders of its sockets. They may change while the site stays the same. */
  pids: readonly number[];
}

/** A network stack that only programs that run there can tell of. */
export interface ElsewhereSite {
  readonly kind: 'elsewhere';
  readonly place: string;
  readonly id: string;
  /** The source that asks there. */
  createSource(options: { readonly processes: boolean }): Source;
}

/** What a place is at present. */
export type Site = LocalSite | ElsewhereSite;

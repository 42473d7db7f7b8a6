import { networkNamespaceOf } from '../kernel/namespaces/namespace-identity.js';
import { OwnNamespace } from '../kernel/namespaces/network-namespace.js';
import { SELF } from '../listener.js';
import type { Place } from './place.js';
import type { LocalSite } from './site.js';

/** The network namespace that this process is in. On macOS this is the one network stack; nothing of Linux is touched. */
export function selfSite(): LocalSite {
  return {
    kind: 'local',
    place: SELF,
    id: SELF,
    namespace: new OwnNamespace(),
    get tableInode() {
      return networkNamespaceOf('self');
    },
    pids: [],
  };
}

/** The place `self`: the network namespace that this process is in. */
export class SelfPlace implements Place {
  readonly name = SELF;
  readonly changes = false;
  readonly isMany = false;
  readonly #sites = [selfSite()];

  async find(): Promise<readonly LocalSite[]> {
    return this.#sites;
  }

  async close(): Promise<void> {}
}

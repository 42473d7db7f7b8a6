import { type Endpoint, SELF } from '../../listener.js';
import type { SocketEnding } from '../doorbells/destroy-groups/socket-ending.js';

/** The endpoint that the kernel tells of: only TCP is recorded, and only what is of the own namespace is kept. */
export function endpointOf({ family, address, port }: Omit<SocketEnding, 'heardAtNs'>): Endpoint {
  return { place: SELF, protocol: 'tcp', family, address, port };
}

import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { freePort } from '../../monitor/test/free-port.js';

export { freePort };

/** A server that listens on a port of 127.0.0.1; on one that nobody else is given, unless one is named. */
export async function listenOn(
  port = 0,
  server: Server = createServer(),
  host = '127.0.0.1',
): Promise<Server> {
  if (port === 0) return listenOn(await freePort(), server, host);
  // An address like ::ffff:127.0.0.1 can't be had by a socket for IPv6 only.
  server.listen({ port, host, ipv6Only: !host.includes('.') });
  await once(server, 'listening');
  return server;
}

/** The port of a server. */
export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

export async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  server.close();
  await once(server, 'close');
}

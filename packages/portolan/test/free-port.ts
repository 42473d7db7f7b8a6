import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';

/** A server that listens on a port of 127.0.0.1; any port, unless one is given. */
export async function listenOn(
  port = 0,
  server: Server = createServer(),
  host = '127.0.0.1',
): Promise<Server> {
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

/** A port that nobody listens on; ports of the kernel's own choice seldom come twice. */
export async function freePort(): Promise<number> {
  const server = await listenOn();
  const port = portOf(server);
  await close(server);
  return port;
}

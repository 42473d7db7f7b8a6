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

/** Below the ephemeral ports, each of the test files that run side by side has so many for itself. */
const FIRST_PORT = 10_000;
const PORTS_EACH = 2_000;
const WORKERS = 10;

const worker = Number(process.env.VITEST_POOL_ID ?? 0) % WORKERS;
let next = Math.floor(Math.random() * PORTS_EACH);

/** A port that nobody listens on, and that nobody else is given meanwhile. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + worker * PORTS_EACH + (next++ % PORTS_EACH);
    try {
      await close(await listenOn(port));
      return port;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
  }
}

import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';

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

/** Below the ephemeral ports, each process that runs tests has so many for itself. */
const FIRST_PORT = 10_000;
const PORTS_EACH = 500;
const BLOCKS = 40;

let block: Promise<number> | undefined;
let next = 0;

/** A port that nobody listens on, and that nobody else is given meanwhile. */
export async function freePort(): Promise<number> {
  block ??= ownBlock();
  const first = FIRST_PORT + (await block) * PORTS_EACH;
  for (;;) {
    const port = first + (next++ % PORTS_EACH);
    try {
      await close(await listenOn(port));
      return port;
    } catch (error) {
      if (!isInUse(error)) throw error;
    }
  }
}

/** The number of a block that is this process's for as long as it runs, of all runs of tests on this machine. */
async function ownBlock(): Promise<number> {
  // Without abstract sockets (unix(7)), only the processes of one run keep out of each other's way.
  if (process.platform !== 'linux') return Number(process.env.VITEST_POOL_ID ?? 0) % BLOCKS;
  for (let number = 0; number < BLOCKS; number++) {
    const claim = createServer().listen(`\0portolan-test-ports-${number}`);
    try {
      await once(claim, 'listening');
      claim.unref();
      return number;
    } catch (error) {
      if (!isInUse(error)) throw error;
    }
  }
  throw new Error(`${BLOCKS} processes have a block of ports each`);
}

function isInUse(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
}

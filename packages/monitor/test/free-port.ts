import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ephemeral ports, which the kernel gives to anybody, each process that runs tests has so many for itself. */
const FIRST_PORT = 10_000;
const PORTS_EACH = 500;
const BLOCKS = 40;

let block: Promise<number> | undefined;
let next = 0;

/** A port of 127.0.0.1 that nobody listens on, and that nobody else is given meanwhile. */
export async function freePort(): Promise<number> {
  block ??= ownBlock();
  const first = FIRST_PORT + (await block) * PORTS_EACH;
  for (;;) {
    const port = first + (next++ % PORTS_EACH);
    const server = createServer().listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
    } catch (error) {
      if (isInUse(error)) continue;
      throw error;
    }
    server.close();
    await once(server, 'close');
    return port;
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

import { createServer } from 'node:net';

/** Listens on a TCP port of 127.0.0.1 that the kernel chooses, until `close` is called. */
export async function openPort(): Promise<{ readonly port: number; readonly close: () => Promise<void> }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('not listening');
  return { port: address.port, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

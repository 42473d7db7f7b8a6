import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import type { EngineAddress, EngineKind } from './engine-address.js';
import type { EngineTls } from './engine-tls.js';
import { SshConnection } from './ssh-connection.js';

/**
 * Connects to a container engine. A connection over SSH is returned at once; if SSH fails, it ends with an error.
 *
 * @throws the error of the socket or of TLS; the signal's reason if it was aborted
 */
export async function openConnection(
  kind: EngineKind,
  address: EngineAddress,
  signal: AbortSignal,
): Promise<Duplex> {
  if (address.over === 'ssh') return new SshConnection(kind, address);
  if (address.over === 'unix') return opened(connectSocket({ path: address.path }), 'connect', signal);
  const { host, port, tls } = address;
  if (tls === null) return opened(connectSocket({ host, port }), 'connect', signal);
  return opened(connectTls({ host, port, ...tlsOptions(tls) }), 'secureConnect', signal);
}

function tlsOptions({ ca, cert, key, verify }: EngineTls) {
  return {
    rejectUnauthorized: verify,
    ...(ca === null ? {} : { ca }),
    ...(cert === null || key === null ? {} : { cert, key }),
  };
}

async function opened<T extends Duplex>(socket: T, event: string, signal: AbortSignal): Promise<T> {
  try {
    await once(socket, event, { signal });
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

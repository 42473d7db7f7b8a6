import type { EngineTls } from './engine-tls.js';

/** The container engines that speak the Docker Engine API. */
export const ENGINE_KINDS = ['docker', 'podman'] as const;

/** One of the {@link ENGINE_KINDS}. */
export type EngineKind = (typeof ENGINE_KINDS)[number];

/** The address of a container engine. */
export type EngineAddress =
  | { readonly over: 'unix'; readonly path: string }
  | { readonly over: 'tcp'; readonly host: string; readonly port: number; readonly tls: EngineTls | null }
  | {
      readonly over: 'ssh';
      readonly host: string;
      readonly user: string | null;
      readonly port: number | null;
      /** The engine's socket on that machine; null for the socket that `docker` or `podman` would use there. */
      readonly path: string | null;
    };

/** An engine's address for messages: the path of its socket, or a URL. */
export function formatEngineAddress(address: EngineAddress): string {
  if (address.over === 'unix') return address.path;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  if (address.over === 'tcp') return `tcp://${host}:${address.port}`;
  const { user, port, path } = address;
  return `ssh://${user === null ? '' : `${user}@`}${host}${port === null ? '' : `:${port}`}${path ?? ''}`;
}

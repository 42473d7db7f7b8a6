import { safeLine } from '../../programs/safe-line.js';
import type { EngineAddress } from './engine-address.js';
import { EngineError } from './engine-error.js';
import type { EngineTls } from './engine-tls.js';

/** The port if `tcp://` names none (docker/cli, opts/hosts.go). */
const DOCKER_PORT = 2375;

/**
 * Parses an engine's address as `DOCKER_HOST`, `CONTAINER_HOST` and contexts give it (docker/cli, opts/hosts.go and
 * cli/connhelper): `unix://`, `tcp://`, `http://`, `https://` or `ssh://`. A path alone is a socket. Any other text is a host
 * with its port.
 *
 * @param from the origin of the address, for errors
 * @param readTls reads the settings for TLS; null if `tcp://` goes without TLS
 * @throws EngineError if the address can't be used
 */
export function parseEngineHost(text: string, from: string, readTls: () => EngineTls | null): EngineAddress {
  const refuse = (why: string) => new EngineError(`${from} is '${safeLine(text)}': ${why}`);
  const host = text.trim();
  const [, scheme, rest] = /^([a-z]+):\/\/(.*)$/is.exec(host) ?? [undefined, ...withoutScheme(host)];
  switch (scheme?.toLowerCase()) {
    case 'unix':
      if (!rest) throw refuse('it names no socket');
      return { over: 'unix', path: rest };
    case 'tcp':
      return tcpAddress(DOCKER_PORT, readTls());
    case 'http':
      return tcpAddress(80, null);
    case 'https':
      return tcpAddress(443, readTls() ?? { ca: null, cert: null, key: null, verify: true });
    case 'ssh':
      return sshAddress();
    default:
      throw refuse('only unix://, tcp://, http://, https:// and ssh:// can be used');
  }

  function tcpAddress(defaultPort: number, tls: EngineTls | null): EngineAddress {
    const url = parse(`tcp://${rest}`);
    if (url.username || url.password) throw refuse('a user can only be given for ssh://');
    if (!/^\/?$/.test(url.pathname)) throw refuse('a path can only be given for unix:// and ssh://');
    return { over: 'tcp', host: hostOf(url), port: portOf(url) ?? defaultPort, tls };
  }

  function sshAddress(): EngineAddress {
    const url = parse(`ssh://${rest}`);
    if (url.password) throw refuse('a password is never sent; use a key');
    const user = url.username === '' ? null : decode(url.username);
    const path = /^\/*$/.test(url.pathname) ? null : decode(url.pathname);
    return { over: 'ssh', host: hostOf(url), user, port: portOf(url), path };
  }

  function parse(url: string): URL {
    if (!URL.canParse(url)) throw refuse('that is no address');
    const parsed = new URL(url);
    if (parsed.hostname === '') throw refuse('it names no host');
    if (parsed.search || parsed.hash) throw refuse("'?' and '#' mean nothing there");
    return parsed;
  }

  function decode(part: string): string {
    try {
      return decodeURIComponent(part);
    } catch {
      throw refuse('that is no address');
    }
  }
}

function withoutScheme(host: string): [string, string] {
  return [/^\.?\//.test(host) ? 'unix' : 'tcp', host];
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

function portOf({ port }: URL): number | null {
  return port === '' ? null : Number(port);
}

import { createHash } from 'node:crypto';
import { safeLine } from '../../programs/safe-line.js';
import type { EngineAddress } from './engine-address.js';
import { EngineError } from './engine-error.js';
import { type EngineSettings, readSettingsFile } from './engine-settings.js';
import { type EngineTls, readTlsFiles } from './engine-tls.js';
import { parseEngineHost } from './parse-engine-host.js';

/** The folder of Docker's settings: `DOCKER_CONFIG`, or `.docker` in the home directory (docker/cli, cli/config/config.go). */
export function configDirectory({ environment, home }: EngineSettings): string {
  return environment.DOCKER_CONFIG || `${home}/.docker`;
}

/**
 * The context that `docker context use` has chosen: `currentContext` in `config.json`.
 *
 * @returns undefined if none is chosen
 * @throws EngineError if the file exists and can't be read, or is not JSON
 */
export function currentContext(settings: EngineSettings): string | undefined {
  const path = `${configDirectory(settings)}/config.json`;
  const name = fieldOf(readJson(path, settings), 'currentContext');
  return typeof name === 'string' ? name : undefined;
}

/**
 * The engine of a context. The context's description and its files for TLS are in folders that are named after the SHA-256
 * of its name (docker/cli, cli/context/store/doc.go).
 *
 * @throws EngineError if there is no such context, or it names no engine
 */
export function addressOfContext(name: string, settings: EngineSettings): EngineAddress {
  const shown = `the Docker context '${safeLine(name)}'`;
  const contexts = `${configDirectory(settings)}/contexts`;
  const hash = createHash('sha256').update(name).digest('hex');
  const meta = readJson(`${contexts}/meta/${hash}/meta.json`, settings);
  if (meta === undefined) throw new EngineError(`${shown} does not exist; see 'docker context ls'`);
  const endpoint = fieldOf(fieldOf(meta, 'Endpoints'), 'docker');
  const host = fieldOf(endpoint, 'Host');
  if (typeof host !== 'string' || host === '') throw new EngineError(`${shown} names no engine`);
  const verify = fieldOf(endpoint, 'SkipTLSVerify') !== true;
  return parseEngineHost(host, `the host of ${shown}`, () =>
    tlsOfContext(`${contexts}/tls/${hash}/docker`, verify, settings),
  );
}

/** A context uses TLS if it has a file for TLS, or says that the engine need not prove its identity. */
function tlsOfContext(directory: string, verify: boolean, settings: EngineSettings): EngineTls | null {
  const tls = readTlsFiles(directory, verify, settings);
  return verify && tls.ca === null && tls.cert === null && tls.key === null ? null : tls;
}

function readJson(path: string, settings: EngineSettings): unknown {
  const text = readSettingsFile(path, settings);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new EngineError(`${path} is not JSON`, { cause });
  }
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

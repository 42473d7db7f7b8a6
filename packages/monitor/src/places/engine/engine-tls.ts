import { EngineError } from './engine-error.js';
import { type EngineSettings, readSettingsFile } from './engine-settings.js';

/** How an engine is talked to over TLS; the texts are PEM. */
export interface EngineTls {
  /** Whom to believe that the engine is what it says; null for those whom this system believes. */
  readonly ca: string | null;
  /** Who this side is; null for nobody. */
  readonly cert: string | null;
  readonly key: string | null;
  /** Whether the engine has to prove what it is. */
  readonly verify: boolean;
}

/**
 * Reads `ca.pem`, `cert.pem` and `key.pem` of `DOCKER_CERT_PATH` (docker/cli, cli/flags/options.go).
 *
 * @throws EngineError without a `ca.pem` where the engine has to prove what it is
 */
export function readTls(directory: string, verify: boolean, settings: EngineSettings): EngineTls {
  const tls = readTlsFiles(directory, verify, settings);
  if (!verify || tls.ca !== null) return tls;
  throw new EngineError(
    `DOCKER_TLS_VERIFY is set, and there is no ca.pem in ${directory}; DOCKER_CERT_PATH names its folder`,
  );
}

/** The same where each of the files may be missing. */
export function readTlsFiles(directory: string, verify: boolean, settings: EngineSettings): EngineTls {
  const read = (name: string) => readSettingsFile(`${directory}/${name}`, settings) ?? null;
  return { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem'), verify };
}

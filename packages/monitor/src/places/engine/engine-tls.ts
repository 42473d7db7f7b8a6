import { EngineError } from './engine-error.js';
import { type EngineSettings, readSettingsFile } from './engine-settings.js';

/** How to talk to an engine over TLS. The texts are PEM. */
export interface EngineTls {
  /** The authorities that may certify the engine; null for the system's. */
  readonly ca: string | null;
  /** The certificate of this client; null for none. */
  readonly cert: string | null;
  readonly key: string | null;
  /** Whether the engine has to prove its identity. */
  readonly verify: boolean;
}

/**
 * Reads `ca.pem`, `cert.pem` and `key.pem` in `DOCKER_CERT_PATH` (docker/cli, cli/flags/options.go).
 *
 * @param verify whether the engine has to prove its identity
 * @throws EngineError if the engine has to prove its identity and there is no `ca.pem`
 */
export function readTls(directory: string, verify: boolean, settings: EngineSettings): EngineTls {
  const tls = readTlsFiles(directory, verify, settings);
  if (!verify || tls.ca !== null) return tls;
  throw new EngineError(
    `DOCKER_TLS_VERIFY is set, and there is no ca.pem in ${directory}; DOCKER_CERT_PATH names its folder`,
  );
}

/** Reads the same three files. Each of them may be missing. */
export function readTlsFiles(directory: string, verify: boolean, settings: EngineSettings): EngineTls {
  const read = (name: string) => readSettingsFile(`${directory}/${name}`, settings) ?? null;
  return { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem'), verify };
}

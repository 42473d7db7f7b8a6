import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chosenEngine } from '../../../src/places/engine/chosen-engine.js';
import {
  type EngineAddress,
  type EngineKind,
  formatEngineAddress,
} from '../../../src/places/engine/engine-address.js';
import { engineSettings } from '../../../src/places/engine/engine-settings.js';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'portolan-home-'));
});

afterEach(() => rmSync(home, { recursive: true }));

/** The engine that is chosen for a user with these variables, these files in the home directory, and these sockets. */
function find(
  kind: EngineKind,
  environment: NodeJS.ProcessEnv,
  files: Readonly<Record<string, string>> = {},
  sockets: readonly string[] = [],
): EngineAddress {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, name)), { recursive: true });
    writeFileSync(join(home, name), text);
  }
  const settings = engineSettings({ HOME: home, ...environment });
  return chosenEngine(kind, { ...settings, exists: (path) => sockets.includes(path) });
}

function context(name: string, endpoint: object, directory = '.docker'): Record<string, string> {
  const meta = JSON.stringify({ Name: name, Endpoints: { docker: endpoint } });
  return { [`${directory}/contexts/meta/${hash(name)}/meta.json`]: meta };
}

function hash(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}

const unix = (path: string) => ({ over: 'unix', path });
const tcp = (host: string, port: number) => ({ over: 'tcp', host, port, tls: null });
const ssh = (host: string, more: object = {}) => ({
  over: 'ssh',
  host,
  user: null,
  port: null,
  path: null,
  ...more,
});

const CURRENT = { '.docker/config.json': '{"currentContext":"far"}' };
const FAR = context('far', { Host: 'ssh://far' });
const NEAR = context('near', { Host: 'unix:///near.sock' });

describe("the address of Docker's engine", () => {
  it.each<[string, NodeJS.ProcessEnv, Record<string, string>, object]>([
    ['the usual socket', {}, {}, unix('/var/run/docker.sock')],
    ['DOCKER_HOST', { DOCKER_HOST: 'unix:///a/b.sock' }, {}, unix('/a/b.sock')],
    ['the usual socket if DOCKER_HOST is empty', { DOCKER_HOST: '' }, {}, unix('/var/run/docker.sock')],
    ['the current context', {}, { ...CURRENT, ...FAR }, ssh('far')],
    [
      'DOCKER_CONTEXT before that',
      { DOCKER_CONTEXT: 'near' },
      { ...CURRENT, ...FAR, ...NEAR },
      unix('/near.sock'),
    ],
    [
      'DOCKER_HOST before every context',
      { DOCKER_HOST: 'tcp://h', DOCKER_CONTEXT: 'near' },
      { ...CURRENT, ...FAR, ...NEAR },
      tcp('h', 2375),
    ],
    [
      'the usual socket in the default context',
      { DOCKER_CONTEXT: 'default' },
      { ...CURRENT, ...FAR },
      unix('/var/run/docker.sock'),
    ],
    [
      'the usual socket if settings name no context',
      {},
      { '.docker/config.json': '{"auths":{}}' },
      unix('/var/run/docker.sock'),
    ],
  ])('is %s', (_, environment, files, address) => {
    expect(find('docker', environment, files)).toEqual(address);
  });

  it('is looked for in the folder that DOCKER_CONFIG names', () => {
    const files = {
      'elsewhere/config.json': '{"currentContext":"far"}',
      ...context('far', { Host: 'ssh://x' }, 'elsewhere'),
    };
    expect(find('docker', { DOCKER_CONFIG: join(home, 'elsewhere') }, files)).toEqual(ssh('x'));
  });

  it('is the socket of an engine without root if only that is there', () => {
    const environment = { XDG_RUNTIME_DIR: '/run/user/5' };
    const userSocket = '/run/user/5/docker.sock';
    expect(find('docker', environment, {}, [userSocket])).toEqual(unix(userSocket));
    expect(find('docker', environment, {}, ['/var/run/docker.sock', userSocket])).toEqual(
      unix('/var/run/docker.sock'),
    );
    expect(find('docker', environment)).toEqual(unix('/var/run/docker.sock'));
  });

  it.each<[string, object]>([
    ['/a.sock', unix('/a.sock')],
    [' unix:///a.sock ', unix('/a.sock')],
    ['UNIX:///a.sock', unix('/a.sock')],
    ['box:99', tcp('box', 99)],
    ['tcp://10.0.0.1:2376/', tcp('10.0.0.1', 2376)],
    ['tcp://[fd00::1]:2376', tcp('fd00::1', 2376)],
    ['http://box', tcp('box', 80)],
    ['https://box:1', { ...tcp('box', 1), tls: { ca: null, cert: null, key: null, verify: true } }],
    ['ssh://box', ssh('box')],
    ['ssh://me@box:22/', ssh('box', { user: 'me', port: 22 })],
    ['ssh://a%40b@[fd00::1]/run/x%20y.sock', ssh('fd00::1', { user: 'a@b', path: '/run/x y.sock' })],
  ])('can be given as %s', (host, address) => {
    expect(find('docker', { DOCKER_HOST: host })).toEqual(address);
  });

  it.each([
    ['unix://', 'it names no socket'],
    ['tcp://', 'it names no host'],
    ['tcp://h:99999', 'that is no address'],
    ['tcp://h/v1', 'a path can only be given for unix:// and ssh://'],
    ['tcp://me@h', 'a user can only be given for ssh://'],
    ['ssh://me:secret@h', 'a password is never sent'],
    ['ssh://h?x', "'?' and '#' mean nothing there"],
    ['ssh://%ff@h', 'that is no address'],
    ['npipe:////./pipe/docker_engine', 'only unix://, tcp://, http://, https:// and ssh:// can be used'],
    ['fd://', 'only unix://'],
  ])('is refused as %s', (host, reason) => {
    expect(() => find('docker', { DOCKER_HOST: host })).toThrow(
      expect.objectContaining({ code: 'ERR_PORTOLAN_ENGINE', message: expect.stringContaining(reason) }),
    );
  });

  it.each<[string, Record<string, string>, string]>([
    ['that does not exist', {}, "the Docker context 'far' does not exist; see 'docker context ls'"],
    ['that names no engine', context('far', {}), "the Docker context 'far' names no engine"],
    [
      'without a description',
      { [`.docker/contexts/meta/${hash('far')}/meta.json`]: '' },
      'meta.json is not JSON',
    ],
    [
      'whose engine is on Windows',
      context('far', { Host: 'npipe://x' }),
      "the host of the Docker context 'far' is 'npipe://x': only",
    ],
  ])('is refused for a context %s', (_, files, reason) => {
    expect(() => find('docker', {}, { ...CURRENT, ...files })).toThrow(reason);
  });

  it('is refused if the settings are no JSON, or no file', () => {
    expect(() => find('docker', {}, { '.docker/config.json': '{' })).toThrow('config.json is not JSON');
    rmSync(join(home, '.docker'), { recursive: true });
    mkdirSync(join(home, '.docker/config.json'), { recursive: true });
    expect(() => find('docker', {})).toThrow("config.json can't be read (EISDIR)");
  });
});

describe('TLS', () => {
  const PEM = { 'ca.pem': 'CA', 'cert.pem': 'CERT', 'key.pem': 'KEY' };
  const all = { ca: 'CA', cert: 'CERT', key: 'KEY' };
  const within = (directory: string) =>
    Object.fromEntries(Object.entries(PEM).map(([name, text]) => [`${directory}/${name}`, text]));

  it('is what DOCKER_TLS_VERIFY asks for, with the files of DOCKER_CERT_PATH or of the settings', () => {
    const environment = { DOCKER_HOST: 'tcp://h:2376', DOCKER_TLS_VERIFY: '1' };
    const address = { ...tcp('h', 2376), tls: { ...all, verify: true } };
    expect(
      find('docker', { ...environment, DOCKER_CERT_PATH: join(home, 'certs') }, within('certs')),
    ).toEqual(address);
    expect(find('docker', environment, within('.docker'))).toEqual(address);
    expect(find('docker', { ...environment, DOCKER_HOST: 'unix:///a' })).toEqual(unix('/a'));
  });

  it('needs a certificate authority if it is verified', () => {
    const environment = { DOCKER_HOST: 'tcp://h', DOCKER_TLS_VERIFY: '1' };
    expect(() => find('docker', environment)).toThrow(
      `there is no ca.pem in ${home}/.docker; DOCKER_CERT_PATH`,
    );
    const { DOCKER_HOST } = environment;
    const tls = { ca: null, cert: null, key: null, verify: false };
    expect(find('docker', { DOCKER_HOST, DOCKER_TLS: '1' })).toEqual({ ...tcp('h', 2375), tls });
  });

  it('is what the files of a context ask for, or that it skips the verification', () => {
    const host = { Host: 'tcp://h:1' };
    const files = within(`.docker/contexts/tls/${hash('far')}/docker`);
    expect(find('docker', {}, { ...CURRENT, ...context('far', host) })).toEqual(tcp('h', 1));
    const skipping = context('far', { ...host, SkipTLSVerify: true });
    const none = { ca: null, cert: null, key: null, verify: false };
    expect(find('docker', {}, { ...CURRENT, ...skipping })).toEqual({ ...tcp('h', 1), tls: none });
    expect(find('docker', {}, { ...CURRENT, ...context('far', host), ...files })).toEqual({
      ...tcp('h', 1),
      tls: { ...all, verify: true },
    });
  });
});

describe("the address of Podman's engine", () => {
  const environment = { XDG_RUNTIME_DIR: '/run/user/5' };
  const userSocket = '/run/user/5/podman/podman.sock';
  const root = '/run/podman/podman.sock';

  it.each<[string, NodeJS.ProcessEnv, string[], object]>([
    ['the socket of this user', environment, [userSocket, root], unix(userSocket)],
    ["root's if this user has none", environment, [root], unix(root)],
    ["root's if there is none", environment, [], unix(root)],
    [
      'CONTAINER_HOST',
      { ...environment, CONTAINER_HOST: 'ssh://me@h:1/run/p.sock' },
      [userSocket],
      ssh('h', { user: 'me', port: 1, path: '/run/p.sock' }),
    ],
    ['not that of DOCKER_HOST', { DOCKER_HOST: 'tcp://h', DOCKER_CONTEXT: 'far' }, [], unix(root)],
  ])('is %s', (_, variables, sockets, address) => {
    expect(find('podman', variables, {}, sockets)).toEqual(address);
  });
});

it.each(['/a.sock', 'tcp://h:1', 'tcp://[fd00::1]:1', 'ssh://h', 'ssh://me@h:22/run/x.sock'])(
  '%s is shown as that',
  (text) => {
    expect(formatEngineAddress(find('docker', { DOCKER_HOST: text }))).toBe(text);
  },
);

import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { chosenEngine } from '../../../src/places/engine/chosen-engine.js';
import { ContainerEngine } from '../../../src/places/engine/container-engine.js';
import type { EngineAddress } from '../../../src/places/engine/engine-address.js';
import { engineSettings } from '../../../src/places/engine/engine-settings.js';
import { localPidOf } from '../../../src/places/engine/local-pid.js';
import { DockerEngine, HAS_DOCKER } from '../../container-engines/docker-engine.js';
import { freePort } from '../../free-port.js';
import { RunningModule } from '../../port-monitor/doorbells/run-module.js';
import { MAY_SERVE_SSH, SshServer } from '../ssh-server.js';

const HAS_DOCKER_OVER_SSH = MAY_SERVE_SSH && spawnSync('docker', ['--version']).error === undefined;
const NOBODY = 65534;
const { PATH } = process.env;

describe.skipIf(!HAS_DOCKER)('a real Docker engine', () => {
  let real: DockerEngine;
  let directory: string;

  beforeAll(async () => {
    real = await DockerEngine.start();
    await real.run('web', 'busybox-only', ['sleep', '1000']);
    directory = mkdtempSync(join(tmpdir(), 'portolan-remote-'));
  });

  afterAll(async () => {
    await real?.[Symbol.asyncDispose]();
    rmSync(directory, { recursive: true, force: true });
  });

  afterEach(() => {
    process.env.PATH = PATH;
  });

  async function expectItWorks(address: EngineAddress): Promise<void> {
    const engine = new ContainerEngine('docker', address);
    const { id } = (await engine.inspect('web')) ?? {};
    expect(id).toMatch(/^[\da-f]{64}$/);
    expect(await engine.list()).toEqual([{ id, name: 'web' }]);
    expect(await engine.inspect('nobody')).toBeUndefined();
    const channel = await engine.execTransport(String(id)).start(['sh']);
    channel.input.end('echo $((6 * 7)); cat /bin/busybox | busybox wc -c; exit 5\n');
    expect(await text(channel.output)).toBe(`42\n${readFileSync('/bin/busybox').length}\n`);
    expect(await channel.ended).toBe('sh ended with status 5');
  }

  function addressOf(environment: NodeJS.ProcessEnv): EngineAddress {
    return chosenEngine('docker', engineSettings({ HOME: directory, ...environment }));
  }

  it('is asked at a socket', async () => {
    await expectItWorks(addressOf({ DOCKER_HOST: `unix://${real.socket}` }));
  });

  it('is asked over TCP', async () => {
    await using proxy = await listening(createServer({ allowHalfOpen: true }, toSocket(real.socket)));
    await expectItWorks(addressOf({ DOCKER_HOST: `tcp://127.0.0.1:${proxy.port}` }));
  });

  it('is asked over TLS, with certificates of both sides', async () => {
    const certificates = join(directory, 'certificates');
    makeCertificates(certificates);
    const read = (name: string) => readFileSync(join(certificates, name));
    const options = {
      ca: read('ca.pem'),
      cert: read('cert.pem'),
      key: read('key.pem'),
      allowHalfOpen: true,
      requestCert: true,
      rejectUnauthorized: true,
    };
    await using proxy = await listening(createTlsServer(options, toSocket(real.socket)));
    const environment = { DOCKER_HOST: `tcp://localhost:${proxy.port}`, DOCKER_TLS_VERIFY: '1' };
    await expectItWorks(addressOf({ ...environment, DOCKER_CERT_PATH: certificates }));

    const otherCertificates = join(directory, 'other-certificates');
    makeCertificates(otherCertificates);
    const uncertified = new ContainerEngine(
      'docker',
      addressOf({ ...environment, DOCKER_CERT_PATH: otherCertificates }),
    );
    await expect(uncertified.list()).rejects.toMatchObject({
      code: 'ERR_PORTOLAN_ENGINE',
      message: expect.stringMatching(/^Docker at tcp:\/\/localhost:\d+ can't be asked: .*certificate/),
    });
    const unproven = addressOf({ DOCKER_HOST: environment.DOCKER_HOST, DOCKER_TLS: '1' });
    await expect(new ContainerEngine('docker', unproven).list()).rejects.toThrow(
      /alert|broke the connection off/,
    );
    await expect(
      new ContainerEngine('docker', addressOf({ DOCKER_HOST: environment.DOCKER_HOST })).list(),
    ).rejects.toThrow(/^Docker at tcp:/);
  });

  describe.skipIf(!HAS_DOCKER_OVER_SSH)('on a machine that is reached over SSH', () => {
    it('is asked there', async () => {
      await using server = await SshServer.start(PATH);
      process.env.PATH = `${server.clientPath}${delimiter}${PATH}`;
      await expectItWorks(addressOf({ DOCKER_HOST: `${server.target}${real.socket}` }));

      await expect(
        new ContainerEngine(
          'docker',
          addressOf({ DOCKER_HOST: `${server.target}/nonexistent/it's.sock` }),
        ).list(),
      ).rejects.toMatchObject({ code: 'ERR_PORTOLAN_ENGINE', message: expect.stringContaining('ssh: ') });
    });

    it('is not asked if SSH fails, or is not there', async () => {
      const port = await freePort();
      const engine = new ContainerEngine('docker', addressOf({ DOCKER_HOST: `ssh://127.0.0.1:${port}` }));
      await expect(engine.list()).rejects.toMatchObject({
        code: 'ERR_PORTOLAN_ENGINE',
        message: `Docker at ssh://127.0.0.1:${port} can't be asked: ssh: ssh: connect to host 127.0.0.1 port ${port}: Connection refused`,
      });
      process.env.PATH = directory;
      await expect(engine.list()).rejects.toThrow('ssh is not installed, or not in PATH (ENOENT)');
    });
  });

  it('may not be talked to by everybody', async () => {
    const module = new RunningModule(
      `const { ContainerEngine } = await import(DIST + 'index.js');
       const address = { over: 'unix', path: ${JSON.stringify(real.socket)} };
       try {
         console.log(await new ContainerEngine('docker', address).list());
       } catch ({ code, message }) {
         console.log(code, message);
       }`,
      NOBODY,
    );
    expect(await module.line()).toBe(
      `ERR_PORTOLAN_ENGINE you may not talk to Docker at ${real.socket} (EACCES); try sudo, or join the group docker`,
    );
    expect(await module.end()).toBe(0);
  });

  it('has no processes here as far as macOS is concerned', async () => {
    const state = await new ContainerEngine('docker', { over: 'unix', path: real.socket }).inspect('web');
    const { platform } = process;
    if (state === undefined) throw new Error('it is gone');
    expect(localPidOf(state)).toBe(state.pid);
    Object.defineProperty(process, 'platform', { value: 'darwin' });
    try {
      expect(localPidOf(state)).toBeUndefined();
    } finally {
      Object.defineProperty(process, 'platform', { value: platform });
    }
  });
});

/** Joins a connection to a Unix socket until both sides have ended. */
function toSocket(path: string): (client: Socket) => void {
  return (client) => {
    const engine = connect({ path, allowHalfOpen: true });
    client.on('error', () => engine.destroy());
    engine.on('error', () => client.destroy());
    client.pipe(engine);
    engine.pipe(client);
  };
}

async function listening(server: Server): Promise<AsyncDisposable & { readonly port: number }> {
  const clients = new Set<Socket>();
  server.on('connection', (client) => clients.add(client));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Makes `ca.pem`, and `cert.pem` and `key.pem` for the name localhost. */
function makeCertificates(directory: string): void {
  const script = `
    mkdir "$1" && cd "$1"
    key='-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'
    openssl req -x509 $key -keyout ca-key.pem -out ca.pem -days 2 -subj /CN=ca-$$
    openssl req $key -keyout key.pem -out request.pem -subj /CN=localhost
    echo subjectAltName=DNS:localhost > extensions
    openssl x509 -req -in request.pem -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days 2 -extfile extensions -out cert.pem`;
  execFileSync('sh', ['-ec', script, 'sh', directory], { stdio: 'ignore' });
}

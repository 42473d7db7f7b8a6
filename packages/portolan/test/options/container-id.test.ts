import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ContainerEngine, type EngineKind } from '@portolan/monitor';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StandInEngine } from '../../../monitor/test/places/engine/stand-in-engine.js';
import { containerId } from '../../src/options/container-id.js';

const ID = '0123456789abcdef'.repeat(4);
const NOWHERE = '/nonexistent/engine.sock';

function at(path: string, kind: EngineKind = 'docker'): () => ContainerEngine {
  return () => new ContainerEngine(kind, { over: 'unix', path });
}

describe('the id of a container', () => {
  it('is asked of the first engine that knows its name', async () => {
    await using docker = await StandInEngine.with({ other: ID.toUpperCase() });
    await using podman = await StandInEngine.with({ 'web.1': ID });
    expect(await containerId('web.1', [at(NOWHERE), at(docker.socket), at(podman.socket, 'podman')])).toBe(
      ID,
    );
  });

  it('is nobody to be asked of where no engine runs', async () => {
    await expect(containerId('web', [at(NOWHERE), at(NOWHERE, 'podman')])).rejects.toMatchObject({
      code: 'ERR_PORTOLAN_USAGE',
      message:
        "'web' is no container's id, and no engine can be asked for its name: " +
        `no Docker engine answers at ${NOWHERE} (ENOENT); no Podman engine answers at ${NOWHERE} (ENOENT)`,
    });
  });

  it('is unknown where the engine does not know it', async () => {
    await using engine = await StandInEngine.with({ web: ID });
    await expect(containerId('wb', [at(NOWHERE), at(engine.socket)])).rejects.toThrow(
      `there is no container 'wb' (asked at ${engine.socket})`,
    );
  });

  it('is not had from an engine that has a fault', async () => {
    await using engine = await StandInEngine.answering((_, response) => response.end('{"Id":"../../etc"}'));
    await expect(containerId('web', [at(engine.socket)])).rejects.toMatchObject({
      code: 'ERR_PORTOLAN_USAGE',
      message: expect.stringContaining('an answer that describes no container'),
    });
  });
});

describe('the engines that are asked', () => {
  const { DOCKER_HOST, DOCKER_CONFIG, DOCKER_CONTEXT, CONTAINER_HOST } = process.env;
  let directory: string;

  function set(variables: NodeJS.ProcessEnv): void {
    for (const [name, value] of Object.entries(variables)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'portolan-config-'));
    set({
      DOCKER_HOST: undefined,
      DOCKER_CONFIG: directory,
      DOCKER_CONTEXT: undefined,
      CONTAINER_HOST: undefined,
    });
  });

  afterEach(() => {
    set({ DOCKER_HOST, DOCKER_CONFIG, DOCKER_CONTEXT, CONTAINER_HOST });
    rmSync(directory, { recursive: true });
  });

  it('are that of DOCKER_HOST alone', async () => {
    await using docker = await StandInEngine.with({});
    await using podman = await StandInEngine.with({ web: ID });
    set({ DOCKER_HOST: `unix://${docker.socket}`, CONTAINER_HOST: `unix://${podman.socket}` });
    await expect(containerId('web')).rejects.toThrow(
      `there is no container 'web' (asked at ${docker.socket})`,
    );
  });

  it('are that of the context of Docker, and Podman', async () => {
    await using podman = await StandInEngine.with({ web: ID });
    writeFileSync(join(directory, 'config.json'), '{"currentContext":"far"}');
    set({ CONTAINER_HOST: `unix://${podman.socket}` });
    expect(await containerId('web')).toBe(ID);
    set({ CONTAINER_HOST: 'unix:///nonexistent/podman.sock' });
    await expect(containerId('web')).rejects.toThrow(
      "the Docker context 'far' does not exist; see 'docker context ls'; no Podman engine answers at /nonexistent/podman.sock",
    );
  });
});

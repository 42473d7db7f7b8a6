import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { EngineProcess } from './engine-process.js';
import { removeCgroup, removeWithMounts } from './leftovers.js';
import { TestEngine } from './test-engine.js';

/**
 * Whether a Docker engine can be started here. It takes root, docker.io, busybox-static and a C compiler;
 * scripts/install-test-needs.sh installs these. Without them, tests that need an engine are skipped.
 */
export const HAS_DOCKER =
  process.getuid?.() === 0 &&
  existsSync('/bin/busybox') &&
  spawnSync('dockerd', ['--version']).error === undefined &&
  spawnSync('cc', ['--version']).error === undefined;

/**
 * A real Docker engine for one test file, with its own containerd and both images. It touches neither the network of this
 * machine nor another engine. After disposal only empty folders are left, which its parts make for all engines of a machine
 * (/opt/containerd, /run/containerd, /run/docker).
 */
export class DockerEngine extends TestEngine implements AsyncDisposable {
  readonly #directory: string;
  readonly #process: EngineProcess;

  private constructor(directory: string) {
    super(join(directory, 'docker.sock'));
    this.#directory = directory;
    // As at the usual path, an ordinary user may reach the socket, but not talk to it.
    chmodSync(directory, 0o711);
    // Without this file the engine would read this machine's settings.
    const settings = join(directory, 'daemon.json');
    writeFileSync(settings, '{}');
    this.#process = new EngineProcess(
      'dockerd',
      [
        ...['--data-root', join(directory, 'data'), '--exec-root', join(directory, 'exec')],
        ...['--pidfile', join(directory, 'pid'), '--host', `unix://${this.socket}`],
        ...['--config-file', settings, '--storage-driver=vfs'],
        ...['--bridge=none', '--iptables=false', '--ip6tables=false'],
        ...['--exec-opt', 'native.cgroupdriver=cgroupfs', `--cgroup-parent=/${basename(directory)}`],
      ],
      join(directory, 'log'),
    );
  }

  static async start(): Promise<DockerEngine> {
    const engine = new DockerEngine(mkdtempSync(join(tmpdir(), 'portolan-docker-')));
    try {
      await engine.#process.untilItAnswers(engine);
      await engine.makeImages(engine.#directory);
      return engine;
    } catch (error) {
      await engine[Symbol.asyncDispose]();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (await this.answers()) await this.removeAll();
    await this.#process.end();
    removeWithMounts(this.#directory);
    removeCgroup(basename(this.#directory));
  }
}

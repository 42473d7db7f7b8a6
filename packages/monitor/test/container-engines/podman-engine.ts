import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { HAS_DOCKER } from './docker-engine.js';
import { EngineProcess } from './engine-process.js';
import { removeCgroup, removeWithMounts } from './leftovers.js';
import { TestEngine } from './test-engine.js';

/** Whether a Podman engine can be started here. It takes the same as {@link HAS_DOCKER}, and podman. */
export const HAS_PODMAN = HAS_DOCKER && spawnSync('podman', ['--version']).error === undefined;

/** The folder in which Podman remembers images, whatever its storage is. */
const CACHE = '/var/lib/containers';

/** Locks that no other engine shares, and limits that a root with few capabilities may set too. */
const SETTINGS = `
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[engine]
lock_type = "file"
`;

/** A real Podman service for one test file, with its own storage and both images. After disposal nothing is left of it. */
export class PodmanEngine extends TestEngine implements AsyncDisposable {
  readonly #directory: string;
  readonly #process: EngineProcess;
  readonly #hadCache = existsSync(CACHE);

  private constructor(directory: string) {
    const socket = join(directory, 'podman.sock');
    super(socket, 'localhost/', { CgroupParent: `/${basename(directory)}` });
    this.#directory = directory;
    const settings = join(directory, 'containers.conf');
    writeFileSync(settings, SETTINGS);
    this.#process = new EngineProcess(
      'podman',
      [
        ...['--root', join(directory, 'data'), '--runroot', join(directory, 'run')],
        ...['--tmpdir', join(directory, 'tmp'), '--storage-driver=vfs', '--cgroup-manager=cgroupfs'],
        ...['--events-backend=none', 'system', 'service', '--time=0', `unix://${socket}`],
      ],
      join(directory, 'log'),
      { CONTAINERS_CONF: settings },
    );
  }

  static async start(): Promise<PodmanEngine> {
    const engine = new PodmanEngine(mkdtempSync(join(tmpdir(), 'portolan-podman-')));
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
    // Podman's monitor (conmon) of a program that ran in a container stays five minutes longer than the program.
    for (const pid of processesWith(this.#directory)) kill(pid);
    removeWithMounts(this.#directory);
    removeCgroup(basename(this.#directory));
    if (!this.#hadCache) rmSync(CACHE, { recursive: true, force: true });
  }
}

function kill(pid: string): void {
  try {
    process.kill(Number(pid), 'SIGKILL');
  } catch {
    // The process has already ended.
  }
}

/** The processes that have a folder's path in their command line. */
function processesWith(directory: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(`${directory}/`);
    } catch {
      return false;
    }
  });
}

import { request } from 'node:http';
import { json } from 'node:stream/consumers';
import { IMAGES, type Image, imageArchive } from './images.js';

/** How a container is run. */
export interface RunOptions {
  /** By default `none`: a network namespace of its own, with a loopback alone. */
  readonly network?: 'none' | 'host' | `container:${string}`;
}

/** Docker turns IPv6 off where there is no network, and with it ::1. */
const WITH_IPV6 = {
  Sysctls: { 'net.ipv6.conf.all.disable_ipv6': '0', 'net.ipv6.conf.default.disable_ipv6': '0' },
};

interface Answer {
  readonly status: number;
  readonly value: unknown;
}

/** A real container engine of a test file's own, by the socket it answers at. */
export class TestEngine {
  /**
   * @param host what HostConfig has for every container besides
   */
  constructor(
    readonly socket: string,
    private readonly imagePrefix = '',
    private readonly host: object = {},
  ) {}

  /** Makes the images, in a folder for what they are made of. */
  async makeImages(directory: string): Promise<void> {
    for (const image of IMAGES) {
      const archive = await imageArchive(image, directory);
      const path = `/images/create?fromSrc=-&repo=${encodeURIComponent(this.imagePrefix + image)}`;
      await this.#do('POST', path, archive);
    }
  }

  /** Runs a container; gives its id. */
  async run(name: string, image: Image, command: readonly string[], options?: RunOptions): Promise<string> {
    const id = await this.create(name, image, command, options);
    await this.start(name);
    return id;
  }

  /** Makes a container that does not run yet. */
  async create(
    name: string,
    image: Image,
    command: readonly string[],
    { network = 'none' }: RunOptions = {},
  ): Promise<string> {
    const created = await this.#do('POST', `/containers/create?name=${name}`, {
      Image: this.imagePrefix + image,
      Cmd: command,
      HostConfig: { ...this.host, NetworkMode: network, ...(network === 'none' ? WITH_IPV6 : {}) },
    });
    return (created as { readonly Id: string }).Id;
  }

  async start(name: string): Promise<void> {
    await this.#do('POST', `/containers/${name}/start`);
  }

  /** Ends it with SIGKILL. */
  async stop(name: string): Promise<void> {
    await this.#do('POST', `/containers/${name}/stop?t=0`);
  }

  async restart(name: string): Promise<void> {
    await this.#do('POST', `/containers/${name}/restart?t=0`);
  }

  async signal(name: string, signal: NodeJS.Signals): Promise<void> {
    await this.#do('POST', `/containers/${name}/kill?signal=${signal}`);
  }

  async remove(name: string): Promise<void> {
    await this.#do('DELETE', `/containers/${name}?force=true&v=true`);
  }

  async removeAll(): Promise<void> {
    const all = (await this.#do('GET', '/containers/json?all=true')) as readonly { readonly Id: string }[];
    await Promise.all(all.map(({ Id }) => this.remove(Id)));
  }

  async answers(): Promise<boolean> {
    try {
      return (await this.#ask('GET', '/_ping')).status === 200;
    } catch {
      return false;
    }
  }

  async #do(method: string, path: string, body?: object): Promise<unknown> {
    const { status, value } = await this.#ask(method, path, body);
    if (status < 400) return value;
    throw new Error(`${method} ${path}: ${status} ${JSON.stringify(value)}`);
  }

  #ask(method: string, path: string, body?: object): Promise<Answer> {
    const isTar = Buffer.isBuffer(body);
    const headers = { 'content-type': isTar ? 'application/x-tar' : 'application/json' };
    return new Promise((resolve, reject) => {
      request({ socketPath: this.socket, method, path, headers }, (response) => {
        const { statusCode: status = 0 } = response;
        json(response).then(
          (value) => resolve({ status, value }),
          () => resolve({ status, value: undefined }),
        );
      })
        .on('error', reject)
        .end(isTar ? body : body && JSON.stringify(body));
    });
  }
}

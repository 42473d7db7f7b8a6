import { request } from 'node:http';
import { json } from 'node:stream/consumers';
import { IMAGES, type Image, imageArchive } from './images.js';

/** How to run a container. */
export interface RunOptions {
  /** By default `none`: a new network namespace with loopback alone. */
  readonly network?: 'none' | 'host' | `container:${string}`;
}

/** In a container without network Docker turns IPv6 off, also ::1. These settings turn it on. */
const WITH_IPV6 = {
  Sysctls: { 'net.ipv6.conf.all.disable_ipv6': '0', 'net.ipv6.conf.default.disable_ipv6': '0' },
};

interface Answer {
  readonly status: number;
  readonly value: unknown;
}

/** A real container engine for one test file. It answers at `socket`. */
export class TestEngine {
  /** @param host further properties of every container's HostConfig */
  constructor(
    readonly socket: string,
    private readonly imagePrefix = '',
    private readonly host: object = {},
  ) {}

  /** Makes the images. Their files are put into `directory` first. */
  async makeImages(directory: string): Promise<void> {
    for (const image of IMAGES) {
      const archive = await imageArchive(image, directory);
      const path = `/images/create?fromSrc=-&repo=${encodeURIComponent(this.imagePrefix + image)}`;
      await this.#do('POST', path, archive);
    }
  }

  /** Runs a container; returns its id. */
  async run(name: string, image: Image, command: readonly string[], options?: RunOptions): Promise<string> {
    const id = await this.create(name, image, command, options);
    await this.start(name);
    return id;
  }

  /** Makes a container that does not run yet; returns its id. */
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

  /** Ends a container with SIGKILL. */
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

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

const TCP_PORT = 20000;
const UDP_PORT = 20001;

/** A TCP listener and a UDP socket on each address, open and closed in turn: every table changes each time. */
export class Toggle {
  #open = [];
  #hosts;

  /** @param {string[]} hosts */
  constructor(hosts) {
    this.#hosts = hosts;
  }

  /** Opens what is closed, closes what is open. */
  async change() {
    if (this.#open.length > 0) return this.close();
    for (const host of this.#hosts) {
      const server = createServer().listen({ host, port: TCP_PORT });
      const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
      socket.bind({ address: host, port: UDP_PORT });
      await Promise.all([once(server, 'listening'), once(socket, 'listening')]);
      this.#open.push(server, socket);
    }
  }

  async close() {
    const closing = this.#open.splice(0).map((socket) => new Promise((resolve) => socket.close(resolve)));
    await Promise.all(closing);
  }
}

import type { Channel, Transport } from '../../../src/places/elsewhere/transport.js';

/** Wraps a transport. It records which programs are started and counts the bytes that come back. */
export class CountingTransport implements Transport {
  readonly started: string[] = [];
  bytes = 0;
  readonly #transport: Transport;
  readonly #ended: Promise<string>[] = [];

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  async start(args: readonly string[]): Promise<Channel> {
    const channel = await this.#transport.start(args);
    this.started.push(args[0] ?? '');
    this.#ended.push(channel.ended);
    const { emit } = channel.output;
    channel.output.emit = (name: string | symbol, ...rest: unknown[]) => {
      if (name === 'data' && Buffer.isBuffer(rest[0])) this.bytes += rest[0].length;
      return emit.call(channel.output, name, ...rest);
    };
    return channel;
  }

  /** Waits until all programs that were started have ended. */
  async idle(): Promise<void> {
    await Promise.all(this.#ended);
  }

  close(): Promise<void> {
    return this.#transport.close();
  }
}

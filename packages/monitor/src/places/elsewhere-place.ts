import { ElsewhereSource } from './elsewhere/elsewhere-source.js';
import type { Transport } from './elsewhere/transport.js';
import type { Place } from './place.js';
import type { ElsewhereSite } from './site.js';

/** The place `exec:COMMAND` or `ssh:HOST`. Its one site is the network stack where the command runs its arguments. */
export class ElsewherePlace implements Place {
  readonly name: string;
  readonly changes = false;
  readonly isMany = false;
  readonly #transport: Transport;
  readonly #sites: readonly [ElsewhereSite];

  constructor(name: string, transport: Transport) {
    this.name = name;
    this.#transport = transport;
    this.#sites = [
      {
        kind: 'elsewhere',
        place: name,
        id: name,
        createSource: ({ processes }) => new ElsewhereSource({ place: name, transport, processes }),
      },
    ];
  }

  async find(): Promise<readonly ElsewhereSite[]> {
    return this.#sites;
  }

  close(): Promise<void> {
    return this.#transport.close();
  }
}

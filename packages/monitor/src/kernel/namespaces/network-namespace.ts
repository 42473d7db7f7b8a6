import { openSync } from 'node:fs';
import type { PortRange } from '../../port-range.js';
import type { Libc } from '../calls.js';
import { ephemeralPorts } from './ephemeral-ports.js';

/** The place where this process itself is: its own network namespace. */
export const SELF = 'self';

/** How long a range of ephemeral ports holds. Hardly anybody sets it more than once after a boot. */
const FRESH_MS = 1000;

/** A network namespace of this machine, as the sources need it. */
export interface NetworkNamespace {
  /** The name of the place, as its listeners carry it. */
  readonly place: string;

  /**
   * Calls `make` while this thread is in the namespace. A socket that is made there stays there.
   *
   * @throws NamespaceError when it can't be entered; what `make` throws
   */
  within<T>(libc: Libc, make: () => T): T;

  /** The path of a file of its /proc/net, for messages. */
  pathOf(name: string): string;

  /**
   * Opens a file of its /proc/net (proc_pid_net(5)). The file goes on telling of this namespace.
   *
   * @returns the descriptor
   *
   * @throws NamespaceError when it is gone; the error of the system call
   */
  open(name: string): number;

  /** The ports that its kernel gives to a socket that asks for any; undefined when that can't be told. */
  ephemeralPorts(): PortRange | undefined;
}

/** The network namespace that this process is in. */
export class OwnNamespace implements NetworkNamespace {
  readonly place: string;
  readonly #directory: string;
  #ephemeral: PortRange | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;

  /**
   * @param directory the folder of its tables
   * @param place the name by which it was asked for, if that is not `self`
   */
  constructor(directory = '/proc/net', place: string = SELF) {
    this.#directory = directory;
    this.place = place;
  }

  within<T>(_libc: Libc, make: () => T): T {
    return make();
  }

  pathOf(name: string): string {
    return `${this.#directory}/${name}`;
  }

  open(name: string): number {
    return openSync(this.pathOf(name), 'r');
  }

  ephemeralPorts(): PortRange | undefined {
    const now = performance.now();
    if (now - this.#askedAt > FRESH_MS) {
      this.#ephemeral = ephemeralPorts();
      this.#askedAt = now;
    }
    return this.#ephemeral;
  }
}

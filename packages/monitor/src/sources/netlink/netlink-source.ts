import type { Libc } from '../../kernel/calls.js';
import { loadLibc } from '../../kernel/load-libc.js';
import { type NetworkNamespace, OwnNamespace } from '../../kernel/namespaces/network-namespace.js';
import type { NetlinkSocket } from '../../kernel/netlink-socket.js';
import { groupSockets } from '../../listener.js';
import type { Source, SourceAnswer } from '../source.js';
import { SourceError } from '../source-error.js';
import { CgroupPaths } from './cgroup-paths.js';
import { InterfaceNames } from './interface-names.js';
import { ListenerDump, openSockDiag } from './listener-dump.js';
import { readSockets } from './read-sockets.js';

/** Shared, since cgroups are the same in every network namespace. */
const cgroups = new CgroupPaths();

interface Held {
  readonly libc: Libc;
  readonly socket: NetlinkSocket;
  readonly dump: ListenerDump;
}

/**
 * Asks the kernel for its listening sockets over NETLINK_SOCK_DIAG (sock_diag(7)). It needs no privilege in this process's
 * own network namespace, and CAP_SYS_ADMIN in any other.
 */
export class NetlinkSource implements Source {
  readonly name = 'netlink';
  readonly #namespace: NetworkNamespace;
  readonly #loadLibc: () => Libc;
  #held: Held | undefined;
  #lastAnswer: SourceAnswer | undefined;
  /** What went wrong in {@link isUnchanged}, for the look that follows. */
  #failure: unknown;

  constructor(namespace: NetworkNamespace = new OwnNamespace(), load: () => Libc = loadLibc) {
    this.#namespace = namespace;
    this.#loadLibc = load;
  }

  /** Answers at once, unless a socket is in a cgroup that has to be searched for. */
  look(): SourceAnswer | Promise<SourceAnswer> {
    try {
      if (this.#failure !== undefined) throw this.#failure;
      this.#held ??= this.#open();
      if (!this.#held.dump.take() && this.#lastAnswer !== undefined) return this.#lastAnswer;
      const newCgroups = new Set<number>();
      const answer = this.#read(this.#held, newCgroups);
      if (newCgroups.size > 0) return this.#readAgain(this.#held, newCgroups);
      this.#lastAnswer = answer;
      return answer;
    } catch (error) {
      // What is left of a failed dump must not be taken for the answer to the next one.
      this.close();
      throw error;
    }
  }

  isUnchanged(): boolean {
    if (this.#held === undefined || this.#lastAnswer === undefined) return false;
    try {
      if (!this.#held.dump.take()) return true;
      this.#lastAnswer = undefined;
    } catch (error) {
      this.#failure = error;
    }
    return false;
  }

  close(): void {
    this.#failure = undefined;
    this.#held?.socket.close();
    this.#held = undefined;
    this.#lastAnswer = undefined;
  }

  #open(): Held {
    const libc = this.#load();
    const socket = openSockDiag(libc, this.#namespace);
    return { libc, socket, dump: new ListenerDump(socket) };
  }

  #load(): Libc {
    try {
      return this.#loadLibc();
    } catch (error) {
      throw new SourceError(this.name, error instanceof Error ? error.message : String(error), {
        cause: error,
      });
    }
  }

  async #readAgain(held: Held, newCgroups: ReadonlySet<number>): Promise<SourceAnswer> {
    this.#lastAnswer = undefined;
    await cgroups.find(newCgroups);
    if (this.#held !== held) throw new SourceError(this.name, 'was closed during a look');
    this.#lastAnswer = this.#read(held);
    return this.#lastAnswer;
  }

  /** @param newCgroups is given the ids of those that have to be searched for */
  #read({ libc, socket, dump }: Held, newCgroups = new Set<number>()): SourceAnswer {
    const interfaces = new InterfaceNames(libc, socket.fd);
    const { sockets, skipped } = readSockets(dump.bytes, {
      interfaceName: (index) => interfaces.name(index),
      cgroupPath(id) {
        const path = cgroups.path(id);
        if (path === undefined) newCgroups.add(id);
        return path ?? null;
      },
    });
    const { place } = this.#namespace;
    const ephemeral = this.#namespace.ephemeralPorts();
    return { listeners: groupSockets(sockets, { place, ephemeral }), skipped };
  }
}

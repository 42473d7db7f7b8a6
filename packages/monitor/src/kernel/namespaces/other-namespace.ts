import { closeSync, openSync } from 'node:fs';
import type { PortRange } from '../../port-range.js';
import type { Libc } from '../calls.js';
import { loadLibc } from '../load-libc.js';
import { inNetworkNamespace } from './enter-namespace.js';
import { ephemeralPorts } from './ephemeral-ports.js';
import { NamespaceError } from './namespace-error.js';
import { networkNamespaceOf } from './namespace-identity.js';
import type { NetworkNamespace } from './network-namespace.js';

/** What leads to another network namespace. */
export interface NamespaceAccess {
  readonly place: string;
  /** The namespace's file: `/proc/PID/ns/net`, `/run/netns/NAME`. */
  readonly path: string;
  /** The inode of that file; undefined when this user may not know it. */
  readonly inode: number | undefined;
  /** A process in it, whose /proc/PID/net every user may read. */
  readonly pid?: number | undefined;
  /** The inode of that process's /proc/PID/net/tcp, by which every user can tell namespaces apart. */
  readonly tableInode?: number | undefined;
}

/** A network namespace of this machine in which this process is not. */
export class OtherNamespace implements NetworkNamespace {
  readonly place: string;
  /** Changes when the process that led to the namespace has ended and another one leads there. */
  access: NamespaceAccess;
  #isLost = false;
  #ephemeral: PortRange | undefined;

  constructor(access: NamespaceAccess) {
    this.place = access.place;
    this.access = access;
  }

  /**
   * True once it could not be entered because nothing leads to it any more. What was opened keeps a namespace alive. This
   * one may be gone, and as the kernel gives its inodes out again at once, a namespace that is found by them is another one.
   */
  get isLost(): boolean {
    return this.#isLost;
  }

  within<T>(libc: Libc, make: () => T): T {
    const { path, inode } = this.access;
    let isIn = false;
    const makeInside = () => {
      isIn = true;
      return make();
    };
    try {
      return inNetworkNamespace(libc, path, makeInside, inode);
    } catch (error) {
      if (isIn) throw error;
      this.#isLost ||= !isDenied(error);
      throw new NamespaceError(this.place, reasonOf(error), { cause: error });
    }
  }

  pathOf(name: string): string {
    const { pid } = this.access;
    return `/proc/${pid ?? 'thread-self'}/net/${name}`;
  }

  open(name: string): number {
    const path = this.pathOf(name);
    if (this.access.pid === undefined) return this.within(loadLibc(), () => openSync(path, 'r'));
    const fd = openSync(path, 'r');
    if (this.#isLedBy(this.access.pid)) return fd;
    closeSync(fd);
    this.#isLost = true;
    throw new NamespaceError(this.place, 'it is not there any more');
  }

  /** Ask this after opening: by then the process may have ended, and its pid may lead to another namespace. */
  #isLedBy(pid: number): boolean {
    const { tableInode } = this.access;
    return tableInode === undefined || networkNamespaceOf(pid) === tableInode;
  }

  /** Read once. When they can't be read, the ports of this process's own namespace are the best guess. */
  ephemeralPorts(): PortRange | undefined {
    this.#ephemeral ??= this.#readEphemeralPorts();
    return this.#ephemeral;
  }

  /** /proc/sys/net shows the namespace of the thread that reads it (net_ctl_set in net/sysctl_net.c). */
  #readEphemeralPorts(): PortRange | undefined {
    try {
      return this.within(loadLibc(), ephemeralPorts);
    } catch {
      return ephemeralPorts();
    }
  }
}

function isDenied(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EPERM' || code === 'EACCES';
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (isDenied(error)) return `only root may enter its network namespace (${code}); try sudo`;
  if (code === 'EINVAL') return 'that is no network namespace (EINVAL)';
  return `its network namespace can't be entered (${code ?? message})`;
}

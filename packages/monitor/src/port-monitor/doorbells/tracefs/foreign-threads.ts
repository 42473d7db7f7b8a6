import { isInitialPidNamespace } from '../../../kernel/namespaces/initial-namespaces.js';
import { networkNamespaceOf } from '../../../kernel/namespaces/namespace-identity.js';

/** Tells the threads of other network namespaces, whose doings are nothing to this monitor. */
export class ForeignThreads {
  readonly #isForeign = new Map<number, boolean>();
  /** Undefined where threads can't be told: their numbers are not those of this pid namespace. */
  readonly #own = isInitialPidNamespace() ? networkNamespaceOf('self') : undefined;

  /** False where that can't be told: the thread has ended, or its number is not one of this pid namespace. */
  has(thread: number): boolean {
    let isForeign = this.#isForeign.get(thread);
    if (isForeign === undefined) {
      isForeign = this.#isInOther(thread);
      this.#isForeign.set(thread, isForeign);
    }
    return isForeign;
  }

  /** To be called now and then: a thread may enter another namespace, or end and give its number on. */
  forget(): void {
    this.#isForeign.clear();
  }

  #isInOther(thread: number): boolean {
    if (this.#own === undefined) return false;
    const namespace = networkNamespaceOf(thread);
    return namespace !== undefined && namespace !== this.#own;
  }
}

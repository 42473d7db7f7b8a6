import { isInitialPidNamespace } from '../../../kernel/namespaces/initial-namespaces.js';
import { networkNamespaceOf } from '../../../kernel/namespaces/namespace-identity.js';

/** In which network namespace a thread is: that of this process, another one, or in none since it has ended. */
export type ThreadNamespace = 'own' | 'other' | 'ended';

/** Tells where threads are when their records are read. That is a hint: a thread may have been elsewhere when it was recorded. */
export class ThreadNamespaces {
  readonly #known = new Map<number, ThreadNamespace>();
  /** Undefined if threads can't be told: their numbers are not those of this pid namespace. */
  readonly #own = isInitialPidNamespace() ? networkNamespaceOf('self') : undefined;

  /** `own` for all if threads can't be told. */
  of(thread: number): ThreadNamespace {
    let known = this.#known.get(thread);
    if (known === undefined) {
      known = this.#ask(thread);
      this.#known.set(thread, known);
    }
    return known;
  }

  /** To be called now and then: a thread may enter another namespace, or end and give its number on. */
  forget(): void {
    this.#known.clear();
  }

  #ask(thread: number): ThreadNamespace {
    if (this.#own === undefined) return 'own';
    const namespace = networkNamespaceOf(thread);
    if (namespace === undefined) return 'ended';
    return namespace === this.#own ? 'own' : 'other';
  }
}

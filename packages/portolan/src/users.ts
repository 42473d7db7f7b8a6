import { readFileSync } from 'node:fs';

/** The users in /etc/passwd. Those of a directory service are not in it and keep their numbers. */
export class Users {
  readonly #names = new Map<number, string>();
  readonly #uids = new Map<string, number>();

  constructor(passwd: string) {
    for (const line of passwd.split('\n')) {
      const [name, , number] = line.split(':');
      if (!name || !number || !/^\d+$/.test(number)) continue;
      const uid = Number(number);
      // As getpwuid() does: the first of several names for a number counts.
      if (!this.#names.has(uid)) this.#names.set(uid, name);
      if (!this.#uids.has(name)) this.#uids.set(name, uid);
    }
  }

  static read(): Users {
    try {
      return new Users(readFileSync('/etc/passwd', 'utf8'));
    } catch {
      return new Users(''); // A container from scratch has no such file, and its users no names.
    }
  }

  name(uid: number): string | undefined {
    return this.#names.get(uid);
  }

  names(): string[] {
    return [...this.#uids.keys()];
  }

  uid(name: string): number | undefined {
    return this.#uids.get(name);
  }
}

import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';

/** The users in /etc/passwd, and this one. The others of a directory service are not in it and keep their numbers. */
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
    const passwd = readPasswd();
    const users = new Users(passwd);
    const isKnown = users.name(process.getuid?.() ?? 0) !== undefined;
    return isKnown ? users : new Users(`${passwd}\n${ownEntry()}`);
  }

  name(uid: number): string | undefined {
    return this.#names.get(uid);
  }

  /** The same of a user at a place; undefined where there may be other users than on this machine. */
  nameAt(place: string, uid: number): string | undefined {
    return /^(?:self$|pid:|netns:)/.test(place) ? this.name(uid) : undefined;
  }

  names(): string[] {
    return [...this.#uids.keys()];
  }

  uid(name: string): number | undefined {
    return this.#uids.get(name);
  }
}

function readPasswd(): string {
  try {
    return readFileSync('/etc/passwd', 'utf8');
  } catch {
    return ''; // A container from scratch has no such file, and its users no names.
  }
}

/** On macOS people are in a directory service, which knows at least who asks. */
function ownEntry(): string {
  try {
    const { username, uid } = userInfo();
    return `${username}:x:${uid}`;
  } catch {
    return '';
  }
}

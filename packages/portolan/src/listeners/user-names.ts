import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';

/**
 * The names and uids of the users in a passwd(5) file. The users of a directory service are not in it, so that their
 * uids have no names.
 */
export class UserNames {
  readonly #names = new Map<number, string>();
  readonly #uids = new Map<string, number>();

  /** @param passwd the content of the file */
  constructor(passwd: string) {
    for (const line of passwd.split('\n')) {
      const [name, , number] = line.split(':');
      if (!name || !number || !/^\d+$/.test(number)) continue;
      const uid = Number(number);
      // As with getpwuid(3), the first of several names of a uid counts.
      if (!this.#names.has(uid)) this.#names.set(uid, name);
      if (!this.#uids.has(name)) this.#uids.set(name, uid);
    }
  }

  /** Reads /etc/passwd, and adds this process's own user if the file does not have it. */
  static read(): UserNames {
    const passwd = readPasswd();
    const users = new UserNames(passwd);
    const isKnown = users.name(process.getuid?.() ?? 0) !== undefined;
    return isKnown ? users : new UserNames(`${passwd}\n${ownEntry()}`);
  }

  name(uid: number): string | undefined {
    return this.#names.get(uid);
  }

  /** The name of a user at a place; undefined if the users there may be others than those of this machine. */
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
    return ''; // A container from scratch has no such file, and its users have no names.
  }
}

/** macOS keeps people in a directory service, which tells at least who asks. */
function ownEntry(): string {
  try {
    const { username, uid } = userInfo();
    return `${username}:x:${uid}`;
  } catch {
    return '';
  }
}

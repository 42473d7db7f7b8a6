import { readFileSync, statSync } from 'node:fs';

/** The users of a file like /etc/passwd, read again when it changes. Users of a directory service are not in it. */
export class Users {
  readonly #path: string;
  #names = new Map<number, string>();
  #version = '';

  constructor(path = '/etc/passwd') {
    this.#path = path;
  }

  /** The name of a user; null if there is no such user, or no such file. */
  name(uid: number): string | null {
    this.#refresh();
    return this.#names.get(uid) ?? null;
  }

  #refresh(): void {
    try {
      const { mtimeMs, ino, size } = statSync(this.#path);
      // useradd(8) replaces the file: two versions of the same moment still differ in their inodes.
      const version = `${mtimeMs} ${ino} ${size}`;
      if (version === this.#version) return;
      this.#names = parsePasswd(readFileSync(this.#path, 'utf8'));
      this.#version = version;
    } catch {
      this.#names = new Map();
      this.#version = '';
    }
  }
}

/** Parses passwd(5): names by uid. If a uid has several names, the first one counts, as with getpwuid(3). */
export function parsePasswd(text: string): Map<number, string> {
  const names = new Map<number, string>();
  for (const line of text.split('\n')) {
    const [name, , uid] = line.split(':');
    if (!name || !uid || !/^\d+$/.test(uid)) continue;
    if (!names.has(Number(uid))) names.set(Number(uid), name);
  }
  return names;
}

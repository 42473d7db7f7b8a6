/**
 * A pattern for the paths of cgroups. `*` stands for anything but a slash. `/a/b` fits that path, and `b` fits every cgroup
 * of that name. Both fit the cgroups below, too.
 */
export class CgroupPattern {
  readonly #expression: RegExp;

  /** @param pattern a path that begins with a slash, or a name without one */
  constructor(pattern: string) {
    const literal = pattern.replace(/\/+$/, '').split('*').map(escaped);
    const start = pattern.startsWith('/') ? '^' : '/';
    this.#expression = new RegExp(`${start}${literal.join('[^/]*')}(?:/|$)`, 's');
  }

  fits(path: string): boolean {
    return this.#expression.test(path);
  }
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

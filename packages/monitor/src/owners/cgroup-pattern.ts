/**
 * A pattern for the paths of cgroups: `*` stands for anything but a slash. It also fits what is below a path that it fits.
 */
export class CgroupPattern {
  readonly #expression: RegExp;

  constructor(pattern: string) {
    const literal = pattern.replace(/\/+$/, '').split('*').map(escaped);
    this.#expression = new RegExp(`^${literal.join('[^/]*')}(?:/|$)`, 's');
  }

  fits(path: string): boolean {
    return this.#expression.test(path);
  }
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

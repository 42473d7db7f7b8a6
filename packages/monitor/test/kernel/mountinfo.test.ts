import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Mount, parseMountinfo } from '../../src/kernel/mountinfo.js';

/** As the kernel writes a path (mangle(), fs/proc_namespace.c). */
function escaped(path: string): string {
  const bytes = Buffer.from(path).toString('latin1');
  return bytes.replace(/[ \t\n\\#]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

function lineOf({ root, path, type, superOptions }: Mount, optional: readonly string[]): string {
  const fields = ['42 23 0:13', escaped(root), escaped(path), 'rw,nosuid', ...optional];
  return `${fields.join(' ')} - ${type} none ${superOptions}\n`;
}

const path = fc
  .string({
    unit: fc.constantFrom('a', 'é', 'à', '\r', '/', ' ', '\t', '\n', '\\', '#', '-', '0', '4', '\u{1f4e6}'),
  })
  .map((text) => `/${text}`);
const mount = fc.record({
  root: path,
  path,
  type: fc.constantFrom('cgroup2', 'tracefs', 'nsfs', 'fuse.sshfs'),
  superOptions: fc.constantFrom('rw', 'rw,hidepid=2', 'ro,nsdelegate'),
});
const optional = fc.subarray(['shared:9', 'master:2', 'unbindable']);
const noise = fc
  .string({ unit: fc.constantFrom('4', ' ', '-', '/', 'x', '\\') })
  .filter((text) => !text.includes(' - '));

test('every mount is read as it was written, whatever its path, and nothing is made of other lines', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(mount, optional, noise), { maxLength: 5 }), (written) => {
      const text = written.map(([mount, optional, noise]) => `${noise}\n${lineOf(mount, optional)}`).join('');
      expect(parseMountinfo(text)).toEqual(written.map(([mount]) => mount));
    }),
  );
});

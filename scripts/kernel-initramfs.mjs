import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The modules of sock_diag, without which netlink does not tell of sockets. */
export const DIAG_MODULES = ['inet_diag', 'tcp_diag', 'udp_diag'];

/** What the machine and the tests need, each module after those that it depends on. */
const MODULES = [
  ...['virtio_ring', 'virtio', 'virtio_pci_modern_dev', 'virtio_pci_legacy_dev', 'virtio_pci'],
  ...['netfs', 'fscache', '9pnet', '9pnet_virtio', '9p', 'overlay'],
  ...['veth', 'udp_tunnel', 'ip6_udp_tunnel', 'vxlan'],
];

/** Takes the kernel and the modules named here out of a Debian package into `directory`. */
export function unpackKernel(packageFile, directory) {
  const names = [...MODULES, ...DIAG_MODULES].map((name) => `'*/${name}.ko'`).join(' ');
  mkdirSync(directory, { recursive: true });
  sh(
    `dpkg-deb --fsys-tarfile "$1" | tar -x -C "$2" --wildcards './boot/vmlinuz-*' ${names}`,
    packageFile,
    directory,
  );
}

/** The path of the kernel itself in the folder of {@link unpackKernel}. */
export function kernelImage(directory) {
  return join(directory, 'boot', readdirSync(join(directory, 'boot'))[0]);
}

/**
 * Makes an initramfs (Documentation/driver-api/early-userspace/buffer-format.rst) of busybox, kernel-init.sh and modules.
 *
 * @param directory where {@link unpackKernel} unpacked to
 * @param more modules to load besides those that the machine needs
 */
export function makeInitramfs(directory, more, file) {
  const root = `${file}.d`;
  for (const name of ['bin', 'proc', 'modules']) mkdirSync(join(root, name), { recursive: true });
  copyFileSync(sh('command -v busybox').trim(), join(root, 'bin/busybox'));
  copyFileSync(new URL('kernel-init.sh', import.meta.url), join(root, 'init'));
  const paths = readdirSync(directory, { recursive: true });
  const names = [...MODULES, ...more].map((name) => `${name}.ko`);
  for (const name of names) {
    const path = paths.find((path) => path.endsWith(`/${name}`));
    if (path === undefined) throw new Error(`this kernel has no module ${name}`);
    copyFileSync(join(directory, path), join(root, 'modules', name));
  }
  writeFileSync(join(root, 'modules/order'), names.join('\n'));
  sh('chmod +x "$1/init" && cd "$1" && find . | busybox cpio -o -H newc > "$2"', root, file);
  rmSync(root, { recursive: true });
}

function sh(script, ...args) {
  return execFileSync('sh', ['-euc', script, 'sh', ...args], { encoding: 'utf8' });
}

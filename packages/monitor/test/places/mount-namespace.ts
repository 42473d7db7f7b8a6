import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import koffi from 'koffi';

const CLONE_NEWNS = 0x20000;

/**
 * Puts this test process, and all that it starts, into a new mount namespace with an empty /run/netns. Other processes do not
 * see what ip-netns(8) makes there, and nothing of it outlasts the process. Needs root.
 */
export function enterMountNamespace(): void {
  const unshare = koffi.load(null).func('int unshare(int)');
  if (unshare(CLONE_NEWNS) !== 0) throw new Error('unshare failed');
  execFileSync('mount', ['--make-rprivate', '/']);
  mkdirSync('/run/netns', { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', 'none', '/run/netns']);
}

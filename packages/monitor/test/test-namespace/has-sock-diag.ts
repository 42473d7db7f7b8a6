import { NetlinkSource } from '../../src/sources/netlink/netlink-source.js';

/**
 * Whether the kernel has sock_diag for TCP and UDP, which Debian builds as modules; tests that need it are skipped otherwise, and
 * /proc answers first.
 */
export const HAS_SOCK_DIAG = await hasSockDiag();

async function hasSockDiag(): Promise<boolean> {
  const source = new NetlinkSource();
  try {
    await source.look();
    return true;
  } catch (error) {
    return !String(error).includes('refused the dump (ENOENT)');
  } finally {
    source.close();
  }
}

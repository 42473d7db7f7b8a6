/**
 * The files that a look has `cat` print, in this order. /proc/version stands between them: one line that can't be of a
 * socket table, so that it is known which table is which, that one is missing (IPv6 may be), and that nothing was cut off.
 */
export const TABLE_FILES = [
  '/proc/version',
  '/proc/net/tcp',
  '/proc/version',
  '/proc/net/tcp6',
  '/proc/version',
  '/proc/net/udp',
  '/proc/version',
  '/proc/net/udp6',
  '/proc/version',
  '/proc/sys/net/ipv4/ip_local_port_range',
  '/proc/version',
] as const;

/** What /proc/version begins with (version_proc_show() in fs/proc/version.c), on gVisor too. */
export const SEPARATOR = 'Linux version ';

/**
 * The auxiliary vector of `cat` itself (getauxval(3), proc_pid_auxv(5)): words of which the first is a small number, which
 * tells the byte order.
 */
export const AUXV_FILE = '/proc/self/auxv';

/**
 * The files that `cat` prints in a look, in this order. /proc/version separates them: it is one line that no socket table
 * can have. The separators show which table is which, that a table is missing (IPv6 may be off), and that none is cut off.
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

/** The beginning of /proc/version (version_proc_show() in fs/proc/version.c), also on gVisor. */
export const SEPARATOR = 'Linux version ';

/**
 * The auxiliary vector of `cat` itself (getauxval(3), proc_pid_auxv(5)). Its first word is a small number, which shows the
 * byte order of the machine.
 */
export const AUXV_FILE = '/proc/self/auxv';

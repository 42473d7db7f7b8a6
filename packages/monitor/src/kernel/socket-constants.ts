/**
 * The sizes and numbers that the calls of the C library take (socket(2), recv(2), socket(7), poll(2),
 * include/uapi/linux/filter.h).
 */
export const SOCK_RAW = 3;
export const SOCK_CLOEXEC = 0o2000000;
export const MSG_DONTWAIT = 0x40;
export const SOL_SOCKET = 1;
export const SO_ATTACH_FILTER = 26;
export const SO_DETACH_FILTER = 27;
/** A `struct sock_filter`. */
export const SOCK_FILTER_LENGTH = 8;
/** A `struct sock_fprog`: a count, and a pointer that is aligned to its own size. */
export const SOCK_FPROG_LENGTH = ['arm', 'ia32', 'mips', 'mipsel'].includes(process.arch) ? 8 : 16;
/** A `struct pollfd`. */
export const POLLFD_LENGTH = 8;

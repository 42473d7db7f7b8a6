/** Sizes and numbers of the C library's calls (socket(2), recv(2), socket(7), poll(2), include/uapi/linux/filter.h). */
export const SOCK_DGRAM = 2;
export const SOCK_RAW = 3;
export const SOCK_CLOEXEC = 0o2000000;
export const MSG_DONTWAIT = 0x40;
export const SOL_SOCKET = 1;
export const SO_ATTACH_FILTER = 26;
export const SO_DETACH_FILTER = 27;
export const SO_RCVBUFFORCE = 33;
/** A `struct sock_filter`. */
export const SOCK_FILTER_LENGTH = 8;
/** A `struct pollfd`. */
export const POLLFD_LENGTH = 8;

/** Sizes and numbers that both ways into the C library need (socket(7), poll(2), include/uapi/linux/filter.h). */
export const SOL_SOCKET = 1;
export const SO_ATTACH_FILTER = 26;
/** A `struct sock_filter`. */
export const SOCK_FILTER_LENGTH = 8;
/** A `struct pollfd`. */
export const POLLFD_LENGTH = 8;

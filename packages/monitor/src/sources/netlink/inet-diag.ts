/** The numbers of NETLINK_SOCK_DIAG (include/uapi/linux/netlink.h, sock_diag.h and inet_diag.h; include/linux/socket.h). */
export const NETLINK_SOCK_DIAG = 4;
export const SOCK_DIAG_BY_FAMILY = 20;
/** The type of the older form of a request, which has no field for the protocol. */
export const TCPDIAG_GETSOCK = 18;

export const AF_INET = 2;
export const AF_INET6 = 10;

/** A `struct inet_diag_msg`, and two of its fields: what waits to be received, and to be sent, of 32 bits each. */
export const INET_DIAG_MSG_LENGTH = 72;
export const IDIAG_RQUEUE = 56;
export const IDIAG_WQUEUE = 60;

import {
  assemble,
  BPF_JEQ_K,
  BPF_LD_H_ABS,
  BPF_LD_W_ABS,
  BPF_RET_K,
  NOTHING,
  WHOLE_MESSAGE,
} from '../../../kernel/bpf.js';

/** Where a `struct inet_diag_msg` behind its nlmsghdr has its fields. */
const IDIAG_SPORT = 16 + 4;
const IDIAG_DPORT = 16 + 6;
const IDIAG_WQUEUE = 16 + 60;

/**
 * Of a TCP socket that never was connected. One that was, and was reset (SO_LINGER of 0) or refused, has lost its peer's
 * port too (tcp_disconnect(), net/ipv4/tcp.c), but its sequence numbers give it a queue.
 */
const NEVER_CONNECTED = 0;
/** Of every UDP socket: what is counted there has gone one below 0 when the socket ends. */
const UDP_AT_ITS_END = 0xffffffff;

/**
 * A classic BPF program for a socket in the destroy groups of NETLINK_SOCK_DIAG: lets through the messages of sockets
 * that have a port and had no peer, as listeners do. So closing connections wake nobody, and can't fill the queue that a
 * listener's message needs.
 *
 * @returns `struct sock_filter` (include/uapi/linux/filter.h) in the machine's byte order
 */
export function listenerFilter(): Uint8Array {
  // Jumps lead to the last instruction, NOTHING, or to the one before it.
  return assemble([
    [BPF_LD_H_ABS, 0, 0, IDIAG_DPORT],
    [BPF_JEQ_K, 0, 6, 0],
    [BPF_LD_H_ABS, 0, 0, IDIAG_SPORT],
    [BPF_JEQ_K, 4, 0, 0],
    [BPF_LD_W_ABS, 0, 0, IDIAG_WQUEUE],
    [BPF_JEQ_K, 1, 0, NEVER_CONNECTED],
    [BPF_JEQ_K, 0, 1, UDP_AT_ITS_END],
    [BPF_RET_K, 0, 0, WHOLE_MESSAGE],
    [BPF_RET_K, 0, 0, NOTHING],
  ]);
}

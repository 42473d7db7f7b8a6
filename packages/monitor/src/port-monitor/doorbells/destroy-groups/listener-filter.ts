import {
  assemble,
  BPF_JEQ_K,
  BPF_LD_H_ABS,
  BPF_LD_W_ABS,
  BPF_RET_K,
  NOTHING,
  WHOLE_MESSAGE,
} from '../../../kernel/bpf.js';
import { IDIAG_DPORT, IDIAG_SPORT, IDIAG_WQUEUE, UDP_AT_ITS_END } from './socket-ending.js';

/**
 * The wqueue of a TCP socket that never was connected. One that was, and was reset (SO_LINGER of 0) or refused, has lost its
 * peer's port too (tcp_disconnect(), net/ipv4/tcp.c), but its sequence numbers give it a queue.
 */
const NEVER_CONNECTED = 0;
/** The same if it listened until a shutdown(2), which moves its sequence numbers by so much (tcp_disconnect()). */
const SHUT_DOWN = 2;

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
    [BPF_JEQ_K, 0, 7, 0],
    [BPF_LD_H_ABS, 0, 0, IDIAG_SPORT],
    [BPF_JEQ_K, 5, 0, 0],
    [BPF_LD_W_ABS, 0, 0, IDIAG_WQUEUE],
    [BPF_JEQ_K, 2, 0, NEVER_CONNECTED],
    [BPF_JEQ_K, 1, 0, inNetworkOrder(SHUT_DOWN)],
    [BPF_JEQ_K, 0, 1, UDP_AT_ITS_END],
    [BPF_RET_K, 0, 0, WHOLE_MESSAGE],
    [BPF_RET_K, 0, 0, NOTHING],
  ]);
}

/** A load of BPF takes a number of the message, which is in the machine's byte order, to be in network order. */
function inNetworkOrder(value: number): number {
  return new DataView(Uint32Array.of(value).buffer).getUint32(0);
}

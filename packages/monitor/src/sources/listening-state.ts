import type { Protocol } from '../listener.js';

const TCP_CLOSE = 7;
const TCP_LISTEN = 10;

/**
 * The state of a socket that others can reach (include/net/tcp_states.h). A UDP socket is in TCP_CLOSE while it has no peer.
 */
export const LISTENING_STATE: Record<Protocol, number> = { tcp: TCP_LISTEN, udp: TCP_CLOSE };

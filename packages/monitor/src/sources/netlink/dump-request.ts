/**
 * Requests for dumps of NETLINK_SOCK_DIAG (include/uapi/linux/netlink.h and inet_diag.h), in the machine's byte order. All
 * have the same sequence number, so that equal answers are equal byte for byte.
 */
import { LITTLE_ENDIAN } from '../../kernel/byte-order.js';
import { NLMSG_HEADER_LENGTH } from '../../kernel/netlink-message.js';
import type { Family, Protocol } from '../../listener.js';
import { LISTENING_STATE } from '../listening-state.js';
import { AF_INET, AF_INET6, SOCK_DIAG_BY_FAMILY, TCPDIAG_GETSOCK } from './inet-diag.js';

const NLM_F_REQUEST = 0x1;
const NLM_F_DUMP = 0x300;

const IPPROTO: Record<Protocol, number> = { tcp: 6, udp: 17 };

const INET_DIAG_REQ_LENGTH = 60;
const INET_DIAG_REQ_V2_LENGTH = 56;
const INET_DIAG_REQ_PROTOCOL = 3;
const PROTOCOL_ATTRIBUTE_LENGTH = 8;
/** A number beyond IPPROTO_MAX, for which the kernel loads no module. */
const NO_PROTOCOL = 0xffff;

/**
 * Makes a request for the listening sockets of one protocol and family: a `struct nlmsghdr` and a `struct inet_diag_req_v2`.
 * When TCP_LISTEN alone is asked for, the kernel walks its table of listeners and no other.
 */
export function dumpRequest(protocol: Protocol, family: Family): Uint8Array {
  const { request, view } = dumpHeader(SOCK_DIAG_BY_FAMILY, INET_DIAG_REQ_V2_LENGTH);
  view.setUint8(16, family === 4 ? AF_INET : AF_INET6);
  view.setUint8(17, IPPROTO[protocol]);
  view.setUint32(20, 1 << LISTENING_STATE[protocol], LITTLE_ENDIAN);
  return request;
}

/**
 * Makes a request for the listening sockets of one protocol, of both families at once: the kernel keeps both in one table.
 * Only the older form has no family (`struct inet_diag_req`; inet_diag_dump_compat(), net/ipv4/inet_diag.c). It means TCP
 * unless the attribute INET_DIAG_REQ_PROTOCOL says otherwise. Kernels before 5.9 pass over that attribute.
 */
export function bothFamiliesRequest(protocol: Protocol): Uint8Array {
  return compatRequest(IPPROTO[protocol], LISTENING_STATE[protocol]);
}

/**
 * Makes the same request of a protocol that does not exist. A kernel that knows the attribute refuses it; another one
 * answers.
 */
export function noProtocolRequest(): Uint8Array {
  return compatRequest(NO_PROTOCOL, LISTENING_STATE.tcp);
}

function compatRequest(protocol: number, state: number): Uint8Array {
  const { request, view } = dumpHeader(TCPDIAG_GETSOCK, INET_DIAG_REQ_LENGTH + PROTOCOL_ATTRIBUTE_LENGTH);
  const attribute = NLMSG_HEADER_LENGTH + INET_DIAG_REQ_LENGTH;
  view.setUint32(NLMSG_HEADER_LENGTH + 52, 1 << state, LITTLE_ENDIAN);
  view.setUint16(attribute, PROTOCOL_ATTRIBUTE_LENGTH, LITTLE_ENDIAN);
  view.setUint16(attribute + 2, INET_DIAG_REQ_PROTOCOL, LITTLE_ENDIAN);
  view.setUint32(attribute + 4, protocol, LITTLE_ENDIAN);
  return request;
}

function dumpHeader(type: number, bodyLength: number): { request: Uint8Array; view: DataView } {
  const request = new Uint8Array(NLMSG_HEADER_LENGTH + bodyLength);
  const view = new DataView(request.buffer);
  view.setUint32(0, request.length, LITTLE_ENDIAN);
  view.setUint16(4, type, LITTLE_ENDIAN);
  view.setUint16(6, NLM_F_REQUEST | NLM_F_DUMP, LITTLE_ENDIAN);
  view.setUint32(8, 1, LITTLE_ENDIAN);
  return { request, view };
}

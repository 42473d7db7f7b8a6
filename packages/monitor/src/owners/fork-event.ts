/**
 * The wire format of the process connector (include/uapi/linux/connector.h and cn_proc.h), in the machine's byte order.
 */
import {
  assemble,
  BPF_JEQ_K,
  BPF_JEQ_X,
  BPF_LD_W_ABS,
  BPF_RET_K,
  BPF_TAX,
  type Instruction,
  loadedWord,
  NOTHING,
  WHOLE_MESSAGE,
} from '../kernel/bpf.js';
import { LITTLE_ENDIAN } from '../kernel/byte-order.js';
import { NLMSG_DONE, NLMSG_HEADER_LENGTH } from '../kernel/netlink-message.js';

export const NETLINK_CONNECTOR = 11;
/** The number of the process connector; the multicast group has the same. */
export const CN_IDX_PROC = 1;
const CN_VAL_PROC = 1;
const PROC_CN_MCAST_LISTEN = 1;
const PROC_CN_MCAST_IGNORE = 2;
const PROC_EVENT_FORK = 1;

const CN_MSG_LENGTH = 20;
/** The offsets of a `struct proc_event`, and of the fields of its `event_data`. */
const PROC_EVENT = NLMSG_HEADER_LENGTH + CN_MSG_LENGTH;
const EVENT_DATA = PROC_EVENT + 16;
const PARENT_TGID = EVENT_DATA + 4;
const CHILD_PID = EVENT_DATA + 8;
const CHILD_TGID = EVENT_DATA + 12;
/** More bytes than any message has. */
export const FORK_EVENT_LENGTH = 128;

/** A process that was forked from another, by their pids. */
export interface Fork {
  readonly parent: number;
  readonly child: number;
}

/** The request to be told from now on. */
export function listenRequest(): Uint8Array {
  return connectorRequest(PROC_CN_MCAST_LISTEN);
}

/** The request to be told no more. */
export function ignoreRequest(): Uint8Array {
  return connectorRequest(PROC_CN_MCAST_IGNORE);
}

/** A `struct nlmsghdr`, a `struct cn_msg` and a `enum proc_cn_mcast_op`. */
function connectorRequest(operation: number): Uint8Array {
  const request = new Uint8Array(PROC_EVENT + 4);
  const view = new DataView(request.buffer);
  view.setUint32(0, request.length, LITTLE_ENDIAN);
  view.setUint16(4, NLMSG_DONE, LITTLE_ENDIAN);
  view.setUint32(NLMSG_HEADER_LENGTH, CN_IDX_PROC, LITTLE_ENDIAN);
  view.setUint32(NLMSG_HEADER_LENGTH + 4, CN_VAL_PROC, LITTLE_ENDIAN);
  view.setUint16(NLMSG_HEADER_LENGTH + 16, 4, LITTLE_ENDIAN);
  view.setUint32(PROC_EVENT, operation, LITTLE_ENDIAN);
  return request;
}

/** Reads one message; undefined when it is no fork, or the fork of a thread. */
export function readFork(message: Uint8Array, length: number): Fork | undefined {
  if (length < CHILD_TGID + 4 || length > message.length) return undefined;
  const view = new DataView(message.buffer, message.byteOffset, length);
  if (view.getUint32(NLMSG_HEADER_LENGTH, LITTLE_ENDIAN) !== CN_IDX_PROC) return undefined;
  if (view.getUint32(PROC_EVENT, LITTLE_ENDIAN) !== PROC_EVENT_FORK) return undefined;
  const child = view.getInt32(CHILD_PID, LITTLE_ENDIAN);
  const parent = view.getInt32(PARENT_TGID, LITTLE_ENDIAN);
  if (child !== view.getInt32(CHILD_TGID, LITTLE_ENDIAN) || child <= 0 || parent <= 0) return undefined;
  return { parent, child };
}

/**
 * A filter for the connector's socket that lets forks of processes through: exec, exit and threads wake nobody.
 *
 * @param parents lets through forks of these processes alone
 */
export function forkFilter(parents?: readonly number[]): Uint8Array {
  return assemble([
    [BPF_LD_W_ABS, 0, 0, PROC_EVENT],
    [BPF_JEQ_K, 1, 0, loadedWord(PROC_EVENT_FORK)],
    [BPF_RET_K, 0, 0, NOTHING],
    [BPF_LD_W_ABS, 0, 0, CHILD_PID],
    [BPF_TAX, 0, 0, 0],
    [BPF_LD_W_ABS, 0, 0, CHILD_TGID],
    [BPF_JEQ_X, 1, 0, 0],
    [BPF_RET_K, 0, 0, NOTHING],
    ...(parents === undefined ? [] : parentTest(parents)),
    [BPF_RET_K, 0, 0, WHOLE_MESSAGE],
  ]);
}

/** A jump reaches 255 instructions far at most: so each comparison has a return of its own. */
function parentTest(parents: readonly number[]): Instruction[] {
  return [
    [BPF_LD_W_ABS, 0, 0, PARENT_TGID],
    ...parents.flatMap((pid): Instruction[] => [
      [BPF_JEQ_K, 0, 1, loadedWord(pid)],
      [BPF_RET_K, 0, 0, WHOLE_MESSAGE],
    ]),
    [BPF_RET_K, 0, 0, NOTHING],
  ];
}

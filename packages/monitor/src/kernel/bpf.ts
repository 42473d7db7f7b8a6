/** The codes of classic BPF (include/uapi/linux/bpf_common.h). A load reads in network order. */
export const BPF_LD_W_ABS = 0x20;
export const BPF_LD_H_ABS = 0x28;
export const BPF_JEQ_K = 0x15;
export const BPF_JEQ_X = 0x1d;
export const BPF_RET_K = 0x06;
export const BPF_TAX = 0x07;

/** What a filter returns: how many bytes of a message go through. */
export const WHOLE_MESSAGE = 0xffffffff;
export const NOTHING = 0;

/** What BPF_LD_W_ABS loads from four bytes in which the machine has written that number. */
export function loadedWord(value: number): number {
  return new DataView(Uint32Array.of(value).buffer).getUint32(0);
}

/** What BPF_LD_H_ABS loads from two bytes in which the machine has written that number. */
export function loadedHalf(value: number): number {
  return new DataView(Uint16Array.of(value).buffer).getUint16(0);
}

/** A jump is the number of instructions that are passed over. */
export type Instruction = readonly [code: number, jumpTrue: number, jumpFalse: number, k: number];

/**
 * Assembles a program.
 *
 * @returns `struct sock_filter` after `struct sock_filter` (include/uapi/linux/filter.h), in the machine's byte order
 */
export function assemble(program: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(8 * program.length);
  for (const [i, [code, jumpTrue, jumpFalse, k]] of program.entries()) {
    new Uint16Array(bytes.buffer, 8 * i, 1)[0] = code;
    bytes[8 * i + 2] = jumpTrue;
    bytes[8 * i + 3] = jumpFalse;
    new Uint32Array(bytes.buffer, 8 * i + 4, 1)[0] = k;
  }
  return bytes;
}

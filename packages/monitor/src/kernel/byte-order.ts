import { endianness } from 'node:os';

/** True when this machine stores numbers with their low byte first. */
export const LITTLE_ENDIAN = endianness() === 'LE';

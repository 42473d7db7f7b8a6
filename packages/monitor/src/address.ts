import type { Family } from './listener.js';

/** The text of the IPv4 address in the four bytes at `offset`, in network order. */
export function ipv4Text(bytes: Uint8Array, offset = 0): string {
  return `${bytes[offset]}.${bytes[offset + 1]}.${bytes[offset + 2]}.${bytes[offset + 3]}`;
}

/**
 * The canonical text (RFC 5952) of the IPv6 address in the sixteen bytes at `offset`, in network order:
 * lower case, no leading zeros, the first longest run of two or more zero groups as `::`, and dotted quads
 * for v4-mapped addresses alone.
 */
export function ipv6Text(bytes: Uint8Array, offset = 0): string {
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) groups.push(((bytes[offset + i] ?? 0) << 8) | (bytes[offset + i + 1] ?? 0));
  if (groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0)) {
    return `::ffff:${ipv4Text(bytes, offset + 12)}`;
  }
  const [start, length] = longestZeroRun(groups);
  const hex = groups.map((group) => group.toString(16));
  if (length < 2) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}

function longestZeroRun(groups: readonly number[]): [start: number, length: number] {
  let best: [number, number] = [0, 0];
  let start = 0;
  for (let i = 0; i <= groups.length; i++) {
    if (groups[i] === 0) continue;
    if (i - start > best[1]) best = [start, i - start];
    start = i + 1;
  }
  return best;
}

/** An address in bytes, network order. */
export interface ParsedAddress {
  readonly family: Family;
  readonly bytes: Uint8Array;
}

/** Reads an address as people and programs write it, without brackets or zone; undefined if it is none. */
export function parseAddress(text: string): ParsedAddress | undefined {
  if (!text.includes(':')) {
    const bytes = parseIpv4(text);
    return bytes && { family: 4, bytes };
  }
  const bytes = parseIpv6(text);
  return bytes && { family: 6, bytes };
}

/** The canonical text of an address. */
export function addressText({ family, bytes }: ParsedAddress): string {
  return family === 4 ? ipv4Text(bytes) : ipv6Text(bytes);
}

function parseIpv4(text: string): Uint8Array | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)) {
    return undefined;
  }
  return Uint8Array.from(parts, Number);
}

function parseIpv6(text: string): Uint8Array | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const headBytes = groupBytes(head ?? [], tail === undefined);
  const tailBytes = groupBytes(tail ?? [], true);
  if (headBytes === undefined || tailBytes === undefined) return undefined;
  const zeros = 16 - headBytes.length - tailBytes.length;
  if (tail === undefined ? zeros !== 0 : zeros < 2) return undefined;
  return Uint8Array.from([...headBytes, ...new Array<number>(zeros).fill(0), ...tailBytes]);
}

/** The bytes of colon-separated groups. The last one of an address may be a dotted quad. */
function groupBytes(groups: readonly string[], atEnd: boolean): number[] | undefined {
  if (groups.length > 8) return undefined;
  const bytes: number[] = [];
  for (const [i, group] of groups.entries()) {
    if (atEnd && i === groups.length - 1 && group.includes('.')) {
      const quad = parseIpv4(group);
      if (quad === undefined) return undefined;
      bytes.push(...quad);
    } else {
      if (!/^[0-9a-f]{1,4}$/i.test(group)) return undefined;
      const value = Number.parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
    }
  }
  return bytes;
}

/** Whether an address, in its canonical text, only reaches this machine: 127.0.0.0/8, `::1`, and the former v4-mapped. */
export function isLoopback({
  family,
  address,
}: {
  readonly family: Family;
  readonly address: string;
}): boolean {
  return family === 4 ? address.startsWith('127.') : address === '::1' || address.startsWith('::ffff:127.');
}

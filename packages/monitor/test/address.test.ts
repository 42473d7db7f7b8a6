import { isIPv4, isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressText, ipv4Text, ipv6Text, parseAddress } from '../src/address.js';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
/** Addresses with the runs of zeros in which the text forms differ. */
const sparse = fc
  .array(fc.oneof(fc.constant(0), fc.nat({ max: 0xffff })), { minLength: 8, maxLength: 8 })
  .map((groups) => {
    return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
  });

describe('the text of an IPv6 address', () => {
  test.each([
    ['::', '0000:0000:0000:0000:0000:0000:0000:0000'],
    ['::1', '0:0:0:0:0:0:0:1'],
    ['2001:db8::1', '2001:0DB8:0:0:0:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1::1', '2001:0:0:1:0:0:0:1'],
    ['2001:db8::1:0:0:1', '2001:db8:0:0:1:0:0:1'],
    ['1::', '1:0:0:0:0:0:0:0'],
    ['fe80::80ff:fe00:1', 'fe80:0:0:0:0:80ff:fe00:1'],
    ['::ffff:192.0.2.7', '::ffff:c000:207'],
    ['::7f00:1', '::127.0.0.1'],
  ])('is %s for %s (RFC 5952)', (canonical, text) => {
    const parsed = parseAddress(text);
    expect(parsed && addressText(parsed)).toBe(canonical);
  });

  test('agrees with the URL parser for every address that is not v4-mapped', () => {
    fc.assert(
      fc.property(fc.oneof(bytes(16), sparse), (address) => {
        const text = ipv6Text(address);
        fc.pre(!text.startsWith('::ffff:'));
        expect(new URL(`http://[${text}]/`).hostname).toBe(`[${text}]`);
      }),
    );
  });

  test('reads back as the same bytes', () => {
    fc.assert(
      fc.property(fc.oneof(bytes(16), sparse), (address) => {
        expect(parseAddress(ipv6Text(address))).toEqual({ family: 6, bytes: address });
      }),
    );
  });
});

test('the text of an IPv4 address reads back as the same bytes', () => {
  fc.assert(
    fc.property(bytes(4), (address) => {
      expect(parseAddress(ipv4Text(address))).toEqual({ family: 4, bytes: address });
    }),
  );
});

test('what is an address here is one for Node, and the other way round', () => {
  const piece = fc.constantFrom(
    ':',
    '::',
    '.',
    '0',
    '1',
    'ff',
    '00',
    '255',
    '256',
    'g',
    '1.2.3.4',
    'abcd',
    '12345',
    '01',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 16 }), (pieces) => {
      const text = pieces.join('');
      expect(parseAddress(text)?.family).toBe(isIPv4(text) ? 4 : isIPv6(text) ? 6 : undefined);
    }),
    { numRuns: 5000 },
  );
});

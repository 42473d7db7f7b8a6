import { describe, expect, it } from 'vitest';
import { parseSources } from '../../src/options/sources.js';
import { UsageError } from '../../src/options/usage-error.js';

describe('sources', () => {
  it('are auto or a list', () => {
    expect(parseSources('auto')).toBe('auto');
    expect(parseSources('ss,proc')).toEqual(['ss', 'proc']);
  });

  it.each(['netlnk', '', 'ss,', 'auto,ss', 'NETLINK'])('are not %j', (text) => {
    expect(() => parseSources(text)).toThrow(UsageError);
  });

  it('that are mistyped are told what was meant, and what there is', () => {
    expect(() => parseSources('netlnk')).toThrow(
      "--source takes auto, netlink, proc, ss, lsof; not 'netlnk' (did you mean netlink?)",
    );
  });
});

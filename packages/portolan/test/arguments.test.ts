import { userInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import { nearest } from '../src/arguments/nearest.js';
import { parsePorts } from '../src/arguments/ports.js';
import { parseSources } from '../src/arguments/sources.js';
import { parseUser } from '../src/arguments/user.js';
import { UsageError } from '../src/usage-error.js';
import { Users } from '../src/users.js';

describe('ports', () => {
  it('are single, ranges, and lists of both', () => {
    expect(parsePorts('3000')).toEqual([{ from: 3000, to: 3000 }]);
    expect(parsePorts('1-65535')).toEqual([{ from: 1, to: 65535 }]);
    expect(parsePorts('80,8000-8999')).toEqual([
      { from: 80, to: 80 },
      { from: 8000, to: 8999 },
    ]);
  });

  it.each([
    '0',
    '65536',
    '70000',
    '9-3',
    '0-5',
    '1-70000',
    'http',
    '',
    '80,',
    '-1',
    '3000-',
    '1-2-3',
    '1.5',
    '1e3',
    ' 80',
    '٣',
  ])('are not %j', (text) => {
    expect(() => parsePorts(text)).toThrow(UsageError);
  });

  it('that run backwards, or are a mistyped command, are told what was meant', () => {
    expect(() => parsePorts('9-3')).toThrow('did you mean 3-9?');
    expect(() => parsePorts('lst', ['list', 'completion'])).toThrow('did you mean list?');
  });
});

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

describe('a user', () => {
  const users = new Users(
    'root:x:0:0::/root:/bin/sh\nada:x:1000:1000::/:\ntoor:x:0:0::/:\nbroken line\nodd:x:y:\n',
  );

  it('is a name or a number', () => {
    expect(parseUser('ada', users)).toBe(1000);
    expect(parseUser('4242', users)).toBe(4242);
    expect(parseUser('toor', users)).toBe(0);
    expect(users.name(0)).toBe('root');
  });

  it('is whoever asks, wherever that one is kept', () => {
    const { username, uid } = userInfo();
    expect(parseUser(username)).toBe(uid);
  });

  it('that does not exist is an error', () => {
    expect(() => parseUser('roott', users)).toThrow('did you mean root?');
    expect(() => parseUser('odd', users)).toThrow(UsageError);
  });
});

describe('the nearest word', () => {
  it.each([
    ['prot', 'protocol'],
    ['adress', 'address'],
    ['pdi', undefined],
    ['xyz', undefined],
    ['', undefined],
  ])('to %j is %s', (typed, word) => {
    expect(nearest(typed, ['port', 'protocol', 'address', 'process', 'pid', 'user'])).toBe(word);
  });
});

import { userInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import { matches } from '../../src/listeners/listener-filter.js';
import { UserNames } from '../../src/listeners/user-names.js';
import { parseUser, toFilter, withoutEphemeral } from '../../src/options/filters.js';
import { UsageError } from '../../src/options/usage-error.js';
import { listener } from '../listeners.js';

describe('a filter', () => {
  it("leaves out what is a client's, where that is asked for and no port by its number", async () => {
    const client = listener({ protocol: 'udp', port: 40000, ephemeral: true });
    const all = await toFilter([], {});
    const named = await toFilter([{ from: 40000, to: 40000 }], {});
    expect(matches(client, all)).toBe(true);
    expect(matches(client, withoutEphemeral(all, {}))).toBe(false);
    expect(matches(listener({ protocol: 'udp', port: 53 }), withoutEphemeral(all, {}))).toBe(true);
    expect(matches(client, withoutEphemeral(all, { ephemeral: true }))).toBe(true);
    expect(matches(client, withoutEphemeral(named, {}))).toBe(true);
  });
});

describe('a user', () => {
  const users = new UserNames(
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

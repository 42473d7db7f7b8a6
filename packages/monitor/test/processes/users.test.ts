import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parsePasswd, Users } from '../../src/processes/users.js';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'portolan-users-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

test('the first of several names counts, and nonsense is passed over', () => {
  const text = 'root:x:0:0::/root:/bin/sh\ntoor:x:0:0::/:\n\n+::::\n:x:5::\nbad:x:-1::\nweb:x:33:33\n';
  expect([...parsePasswd(text)]).toEqual([
    [0, 'root'],
    [33, 'web'],
  ]);
});

test('without the file nobody has a name', () => {
  expect(new Users(join(directory, 'missing')).name(0)).toBeNull();
});

test('a file that is replaced is read again', () => {
  const path = join(directory, 'passwd');
  writeFileSync(path, 'one:x:1:1\n');
  const users = new Users(path);
  expect(users.name(1)).toBe('one');
  expect(users.name(2)).toBeNull();
  writeFileSync(`${path}+`, 'uno:x:1:1\n');
  renameSync(`${path}+`, path);
  expect(users.name(1)).toBe('uno');
  rmSync(path);
  expect(users.name(1)).toBeNull();
});

import { expect, test } from 'vitest';
import { createSources } from '../../src/sources/create-sources.js';

const namesOf = (...given: Parameters<typeof createSources>) =>
  createSources(...given).map(({ name }) => name);

test('the sources of Linux are netlink, proc and ss, where none is named', () => {
  expect(namesOf('auto')).toEqual(['netlink', 'proc', 'ss']);
});

test('sources that are named come in that order, each once', () => {
  expect(namesOf(['lsof', 'ss', 'lsof', 'netlink'])).toEqual(['lsof', 'ss', 'netlink']);
});

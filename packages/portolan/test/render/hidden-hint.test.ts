import { expect, it } from 'vitest';
import { hiddenHint } from '../../src/render/hidden-hint.js';
import { heldListener, listener, processOf } from '../listeners.js';

const hidden = (port: number) => listener({ port, processes: [], sockets: [{ holder: 'hidden' }] });

it('tells an ordinary user what root would see', () => {
  expect(hiddenHint([hidden(1)], false)).toBe(
    '1 port belongs to a process that only root may see; try: sudo portolan',
  );
  expect(hiddenHint([hidden(1), hidden(2), hidden(2)], false)).toMatch(/^2 ports belong to processes that/);
});

it('does not send root to sudo', () => {
  expect(hiddenHint([hidden(1)], true)).not.toContain('sudo');
});

it('says nothing where nothing is hidden', () => {
  expect(hiddenHint([heldListener([processOf()]), listener()], false)).toBeUndefined();
});

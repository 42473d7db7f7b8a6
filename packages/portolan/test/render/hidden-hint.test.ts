import { expect, it } from 'vitest';
import { hiddenHints } from '../../src/render/hidden-hint.js';
import { heldListener, listener, processOf } from '../listeners.js';

const hidden = (port: number) => listener({ port, processes: [], sockets: [{ holder: 'hidden' }] });

it('tells an ordinary user what root would see', () => {
  expect(hiddenHints([hidden(1)], false)).toEqual([
    '1 port belongs to a process that only root may see; try: sudo portolan',
  ]);
  const [hint] = hiddenHints([hidden(1), hidden(2), hidden(2)], false);
  expect(hint).toMatch(/^2 ports belong to processes that/);
});

it('counts a port once at each place, and sends nobody to sudo for what is elsewhere', () => {
  const at = (place: string) => ({ ...hidden(1), place });
  expect(hiddenHints([at('netns:blue'), at('docker:web'), at('ssh:db')], false)).toEqual([
    '2 ports belong to processes that only root may see; try: sudo portolan',
    '1 port belongs to a process elsewhere that only root may see there',
  ]);
});

it('does not send root to sudo', () => {
  expect(hiddenHints([hidden(1)], true).join()).toMatch(/^1 port (?!.*sudo)/);
});

it('says nothing where nothing is hidden', () => {
  expect(hiddenHints([heldListener([processOf()]), listener()], false)).toEqual([]);
});

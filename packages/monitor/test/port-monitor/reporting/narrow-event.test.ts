import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Listener } from '../../../src/listener.js';
import type { PortEvent } from '../../../src/port-monitor/reporting/event.js';
import { narrowEvent } from '../../../src/port-monitor/reporting/narrow-event.js';
import { listenerAt } from '../listener-at.js';

const isMine = ({ owners }: Listener) => owners.includes('mine');
const ownedBy = (...owners: readonly string[]): Listener => ({ ...listenerAt(80), owners });
const at = new Date(0);

function changed(previous: Listener, listener: Listener): PortEvent {
  return {
    type: 'changed',
    listener,
    previous,
    openMs: 5,
    changes: ['owners'],
    place: 'self',
    sequence: 1,
    at,
  };
}

describe('for a reader who wants only some listeners', () => {
  test('one that came to be wanted has opened, and one that is wanted no more has closed', () => {
    expect(narrowEvent(changed(ownedBy(), ownedBy('mine')), isMine)).toEqual({
      type: 'opened',
      listener: ownedBy('mine'),
      place: 'self',
      sequence: 1,
      at,
    });
    expect(narrowEvent(changed(ownedBy('mine'), ownedBy()), isMine)).toEqual({
      type: 'closed',
      listener: ownedBy('mine'),
      openMs: 5,
      place: 'self',
      sequence: 1,
      at,
    });
  });

  test('one that stays wanted has changed, and one that was and is not wanted is nobody to tell of', () => {
    const event = changed(ownedBy('mine'), ownedBy('mine', 'other'));
    expect(narrowEvent(event, isMine)).toBe(event);
    expect(narrowEvent(changed(ownedBy(), ownedBy('other')), isMine)).toBeUndefined();
  });

  test('each is told to open before it changes or closes, and neither twice', () => {
    const step = fc.record({ isOpen: fc.boolean(), isMine: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let open: Listener | undefined;
        let isOpenToReader = false;
        for (const { isOpen, isMine: becomesMine } of steps) {
          const listener = ownedBy(...(becomesMine ? ['mine'] : []));
          const base = { place: 'self', sequence: 1, at };
          const event: PortEvent | undefined =
            open === undefined
              ? isOpen
                ? { type: 'opened', listener, ...base }
                : undefined
              : isOpen
                ? changed(open, listener)
                : { type: 'closed', listener: open, openMs: 1, ...base };
          open = isOpen ? listener : undefined;
          const type = event && narrowEvent(event, isMine)?.type;
          if (type === 'opened') expect(isOpenToReader).toBe(false);
          if (type === 'changed' || type === 'closed') expect(isOpenToReader).toBe(true);
          if (type === 'opened' || type === 'closed') isOpenToReader = type === 'opened';
          expect(isOpenToReader).toBe(open !== undefined && isMine(open));
        }
      }),
    );
  });
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { renderJson, renderJsonLines } from '../../src/render/json.js';
import { heldListener, listener, processOf } from '../listeners.js';

const LOOK = {
  source: 'netlink',
  failures: [],
  skipped: 0,
  places: [{ place: 'self', source: 'netlink', failures: [], reason: null, skipped: 0 }],
  takenAt: new Date('2026-11-24T03:00:00Z'),
  durationMs: 1.5,
} as const;

it('is one document with a schema version and the snapshot', () => {
  const listeners = [heldListener([processOf()])];
  const document = JSON.parse(renderJson({ ...LOOK, listeners }));
  expect(document).toEqual(JSON.parse(JSON.stringify({ schemaVersion: 1, ...LOOK, listeners })));
  expect(document.takenAt).toBe('2026-11-24T03:00:00.000Z');
});

it('is a line a listener as NDJSON', () => {
  const lines = renderJsonLines([listener({ port: 1 }), listener({ port: 2 })]).split('\n');
  expect(lines.pop()).toBe('');
  expect(lines.map((line) => JSON.parse(line).port)).toEqual([1, 2]);
});

it('writes what a terminal would obey as escapes', () => {
  const name = '\x1b\x7f\x9b\u2028\u202e\u{e0041}';
  expect(renderJsonLines([heldListener([processOf({ name })])])).toContain(
    String.raw`"name":"\u001b\u007f\u009b\u2028\u202e\udb40\udc41"`,
  );
});

it('loses nothing and shows no control character, whatever a process is called', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      const listeners = [heldListener([processOf({ name, commandLine: [name] })])];
      for (const json of [renderJson({ ...LOOK, listeners }), renderJsonLines(listeners)]) {
        expect(json.replaceAll('\n', '')).not.toMatch(/\p{C}|\p{Zl}|\p{Zp}/u);
        expect(JSON.stringify(JSON.parse(json))).toContain(JSON.stringify(name));
      }
    }),
    { numRuns: 1000 },
  );
});

import type { Listener, MissedEvents, PortEvent, Snapshot } from '@portolan/monitor';

/** The version of what `--json` and `--ndjson` print. It goes up when a key changes its meaning or goes away. */
const SCHEMA_VERSION = 1;

/** A look as one JSON document. */
export function renderJson({ listeners, ...look }: Snapshot): string {
  const document = { schemaVersion: SCHEMA_VERSION, ...look, listeners };
  return `${escapeInvisible(JSON.stringify(document, null, 2))}\n`;
}

/** One line of JSON for each listener. */
export function renderJsonLines(listeners: readonly Listener[]): string {
  return listeners.map(renderJsonLine).join('');
}

/** One line of JSON. An error becomes its name, its code and its message. */
export function renderJsonLine(value: Listener | PortEvent | MissedEvents): string {
  return `${escapeInvisible(JSON.stringify(value, replaceError))}\n`;
}

function replaceError(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  return { name: value.name, code: (value as NodeJS.ErrnoException).code ?? null, message: value.message };
}

/**
 * Writes characters as `\uXXXX` that JSON allows raw and a terminal would obey or hide (see `visibleText`). The JSON value
 * stays the same. The line breaks of the layout stay, since those within strings are escaped already.
 */
function escapeInvisible(json: string): string {
  return json.replace(/[^\P{C}\n]|[\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from(
      { length: character.length },
      (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}

import type { Libc } from './calls.js';
import { loadKoffi } from './koffi.js';
import { loadNodeFfi } from './node-ffi.js';

let loaded: Libc | Error | undefined;

/**
 * Loads the C library once: through koffi, or else through the `node:ffi` of Node 26.
 *
 * @throws Error when this Node has neither; the message has both reasons
 */
export function loadLibc(): Libc {
  loaded ??= load();
  if (loaded instanceof Error) throw loaded;
  return loaded;
}

function load(): Libc | Error {
  const reasons: string[] = [];
  for (const loadThrough of [loadKoffi, loadNodeFfi]) {
    try {
      return loadThrough();
    } catch (error) {
      reasons.push(error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error));
    }
  }
  return new Error(`no native calls: ${reasons.join('; ')}`);
}

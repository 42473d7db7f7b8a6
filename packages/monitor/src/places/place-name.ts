import { SELF } from '../listener.js';
import { splitWords } from '../programs/split-words.js';
import { checkSshTarget } from './elsewhere/ssh-command.js';
import { isContainerName } from './engine/container-state.js';
import type { EngineKind } from './engine/engine-address.js';
import { PlaceError } from './place-error.js';

/** The parsed name of a place. */
export type PlaceName =
  | { readonly kind: 'self' | 'all' }
  | { readonly kind: 'pid'; readonly pid: number }
  /** `name` is a name of ip-netns(8), or the path of a namespace's file. */
  | { readonly kind: 'netns'; readonly name: string }
  | { readonly kind: 'container'; readonly engine: EngineKind; readonly name: string }
  | { readonly kind: 'exec'; readonly command: readonly string[] }
  | { readonly kind: 'ssh'; readonly target: string };

/** The word that the name of a place begins with. Containers have a word for each engine. */
type PlaceWord = Exclude<PlaceName['kind'], 'container'> | EngineKind;

/** How places are written. A kind of place, or an engine, that is missing here does not compile. */
const FORMS = {
  self: SELF,
  all: 'all',
  pid: 'pid:PID',
  netns: 'netns:NAME',
  docker: 'docker:NAME',
  podman: 'podman:NAME',
  exec: 'exec:COMMAND',
  ssh: 'ssh:HOST',
} as const satisfies Record<PlaceWord, string>;

/** The kinds of places, each as it is written: `self`, `pid:PID`, `docker:NAME`. */
export const PLACE_FORMS: readonly (typeof FORMS)[PlaceWord][] = Object.values(FORMS);

/**
 * Parses the name of a place, such as `docker:web`.
 *
 * @throws PlaceError if it names no place
 */
export function parsePlaceName(text: string): PlaceName {
  const word = wordOf(text);
  const rest = text.slice(text.indexOf(':') + 1);
  switch (word) {
    case 'self':
    case 'all':
      return { kind: word };
    case 'pid':
      return { kind: word, pid: parsePid(text, rest) };
    case 'netns':
      return {
        kind: word,
        name: checked(text, rest, isNamespaceName, 'netns: takes a name of ip netns, or a path'),
      };
    case 'docker':
    case 'podman':
      return {
        kind: 'container',
        engine: word,
        name: checked(text, rest, isContainerName, `${word}: takes a container's name or id`),
      };
    case 'exec':
      return { kind: word, command: parseCommand(text, rest) };
    case 'ssh':
      return {
        kind: word,
        target: checked(text, rest, isSshTarget, 'ssh: takes a host, me@host or ssh://me@host:port'),
      };
    case undefined:
      throw new PlaceError(text, `no such place; there are ${PLACE_FORMS.join(', ')}`);
  }
}

/** The word that a name begins with. A form without a colon, such as `all`, is a whole name. */
function wordOf(text: string): PlaceWord | undefined {
  const words = Object.keys(FORMS) as PlaceWord[];
  return words.find((word) => (FORMS[word].includes(':') ? text.startsWith(`${word}:`) : text === word));
}

function parsePid(place: string, text: string): number {
  const pid = /^[1-9]\d{0,9}$/.test(text) ? Number(text) : undefined;
  if (pid === undefined || pid >= 2 ** 31) throw new PlaceError(place, 'pid: takes the number of a process');
  return pid;
}

function parseCommand(place: string, text: string): string[] {
  const words = splitWords(text);
  if (words === undefined) throw new PlaceError(place, 'a quote is not closed');
  if (words.length === 0)
    throw new PlaceError(place, 'exec: takes a command that runs its arguments elsewhere');
  return words;
}

function checked(place: string, text: string, isRight: (text: string) => boolean, rule: string): string {
  if (!isRight(text)) throw new PlaceError(place, rule);
  return text;
}

/** True for an absolute path, and for a file's name in /run/netns. */
function isNamespaceName(text: string): boolean {
  if (text.includes('\0')) return false;
  return text.startsWith('/') || (text !== '' && !text.includes('/') && text !== '.' && text !== '..');
}

function isSshTarget(text: string): boolean {
  try {
    checkSshTarget(text);
    return true;
  } catch {
    return false;
  }
}

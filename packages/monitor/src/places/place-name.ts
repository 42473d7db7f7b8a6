import { SELF } from '../listener.js';
import { splitWords } from '../programs/split-words.js';
import { checkSshTarget } from './elsewhere/ssh-command.js';
import { isContainerName } from './engine/container-state.js';
import { PlaceError } from './place-error.js';

/** The kinds of places, each with what is written behind it. */
export const PLACE_FORMS = [
  SELF,
  'all',
  'pid:PID',
  'netns:NAME',
  'docker:NAME',
  'podman:NAME',
  'exec:COMMAND',
  'ssh:HOST',
] as const;

/** A place as it was asked for, understood. */
export type PlaceName =
  | { readonly kind: 'self' | 'all' }
  | { readonly kind: 'pid'; readonly pid: number }
  /** A name of ip-netns(8), or the path of a namespace's file. */
  | { readonly kind: 'netns'; readonly name: string }
  | { readonly kind: 'container'; readonly engine: 'docker' | 'podman'; readonly name: string }
  | { readonly kind: 'exec'; readonly command: readonly string[] }
  | { readonly kind: 'ssh'; readonly target: string };

/**
 * Reads the name of a place.
 *
 * @throws PlaceError for what names none
 */
export function parsePlaceName(text: string): PlaceName {
  if (text === SELF || text === 'all') return { kind: text };
  const [, kind, rest = ''] = /^([a-z]+):(.*)$/s.exec(text) ?? [];
  switch (kind) {
    case 'pid':
      return { kind, pid: parsePid(text, rest) };
    case 'netns':
      return {
        kind,
        name: checked(text, rest, isNamespaceName, 'netns: takes a name of ip netns, or a path'),
      };
    case 'docker':
    case 'podman':
      return {
        kind: 'container',
        engine: kind,
        name: checked(text, rest, isContainerName, `${kind}: takes a container's name or id`),
      };
    case 'exec':
      return { kind, command: parseCommand(text, rest) };
    case 'ssh':
      return {
        kind,
        target: checked(text, rest, isSshTarget, 'ssh: takes a host, me@host or ssh://me@host:port'),
      };
    default:
      throw new PlaceError(text, `no such place; there are ${PLACE_FORMS.join(', ')}`);
  }
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

/** A path, or a file's name below /run/netns. */
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

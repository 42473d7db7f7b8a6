import { UsageError } from '../usage-error.js';
import { nearest } from './nearest.js';

/** Ports from the first to the last, both included. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

const LAST_PORT = 65535;

/**
 * Reads `3000`, `8000-8999` and lists of them, `80,443,8000-8999`.
 *
 * @param commands words that may have been meant where it is no port at all
 * @throws UsageError for what is no port
 */
export function parsePorts(text: string, commands: readonly string[] = []): PortRange[] {
  return text.split(',').map((part) => parseRange(part, commands));
}

export function includesPort({ first, last }: PortRange, port: number): boolean {
  return first <= port && port <= last;
}

function parseRange(text: string, commands: readonly string[]): PortRange {
  const match = /^(\d+)(?:-(\d+))?$/.exec(text);
  if (match === null) throw new UsageError(`'${text}' is no port: ${whatWasMeant(text, commands)}`);
  const first = Number(match[1]);
  const last = Number(match[2] ?? first);
  for (const port of [first, last]) {
    if (port < 1 || port > LAST_PORT)
      throw new UsageError(`'${text}' is no port: they go from 1 to ${LAST_PORT}`);
  }
  if (first > last) throw new UsageError(`'${text}' runs backwards: did you mean ${last}-${first}?`);
  return { first, last };
}

function whatWasMeant(text: string, commands: readonly string[]): string {
  const command = nearest(text, commands);
  return command === undefined
    ? 'expected one like 3000, or a range like 8000-8999'
    : `did you mean ${command}?`;
}

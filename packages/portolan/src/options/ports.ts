import type { PortRange } from '@portolan/monitor';
import { nearest } from './choice.js';
import { UsageError } from './usage-error.js';

const LAST_PORT = 65535;

/**
 * Reads `3000`, `8000-8999` and lists of them, `80,443,8000-8999`.
 *
 * @param commands the words that may have been meant if the text is no port
 * @throws UsageError for any other text
 */
export function parsePorts(text: string, commands: readonly string[] = []): PortRange[] {
  return text.split(',').map((part) => parseRange(part, commands));
}

function parseRange(text: string, commands: readonly string[]): PortRange {
  const match = /^(\d+)(?:-(\d+))?$/.exec(text);
  if (match === null) throw new UsageError(`'${text}' is no port: ${whatWasMeant(text, commands)}`);
  const from = Number(match[1]);
  const to = Number(match[2] ?? from);
  for (const port of [from, to]) {
    if (port < 1 || port > LAST_PORT)
      throw new UsageError(`'${text}' is no port: they go from 1 to ${LAST_PORT}`);
  }
  if (from > to) throw new UsageError(`'${text}' runs backwards: did you mean ${to}-${from}?`);
  return { from, to };
}

function whatWasMeant(text: string, commands: readonly string[]): string {
  const command = nearest(text, commands);
  return command === undefined
    ? 'expected one like 3000, or a range like 8000-8999'
    : `did you mean ${command}?`;
}

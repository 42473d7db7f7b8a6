import { networkInterfaces } from 'node:os';
import { groupSockets } from '../../listener.js';
import type { Source, SourceAnswer } from '../source.js';
import { parseLsof } from './parse-lsof.js';
import { runLsof } from './run-lsof.js';

/**
 * Runs lsof(8). It goes from process to process, and does not see a socket that no process holds. When this process is not
 * root's, it does not see the sockets of other users' processes either.
 */
export class LsofSource implements Source {
  readonly name = 'lsof';
  #last: { output: Buffer; answer: SourceAnswer } | undefined;

  async look(signal?: AbortSignal): Promise<SourceAnswer> {
    const output = await runLsof(signal);
    if (this.#last?.output.equals(output)) return this.#last.answer;
    const { sockets, ...rest } = parseLsof(output.toString('latin1'), interfaceName);
    const answer = { listeners: groupSockets(sockets), ...rest };
    this.#last = { output, answer };
    return answer;
  }

  close(): void {
    this.#last = undefined;
  }
}

/** The name of the interface that has an IPv6 address with that scope. */
function interfaceName(index: number): string | null {
  for (const [name, addresses] of Object.entries(networkInterfaces())) {
    if (addresses?.some((address) => address.family === 'IPv6' && address.scopeid === index)) return name;
  }
  return null;
}

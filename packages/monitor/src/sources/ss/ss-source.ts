import { ephemeralPorts } from '../../kernel/namespaces/ephemeral-ports.js';
import { groupSockets } from '../../listener.js';
import type { Source, SourceAnswer } from '../source.js';
import { SourceError } from '../source-error.js';
import { parseSs } from './parse-ss.js';
import { runSs } from './run-ss.js';

/** Runs `ss -lntue` of iproute2 (ss(8)). */
export class SsSource implements Source {
  readonly name = 'ss';
  #last: { output: Buffer; answer: SourceAnswer } | undefined;

  async look(signal?: AbortSignal): Promise<SourceAnswer> {
    const { output, complaint } = await runSs(signal);
    if (this.#last?.output.equals(output)) return this.#last.answer;
    const { sockets, skipped } = parseSs(output.toString('utf8'));
    // When the kernel refuses it, ss reads /proc. When that is refused too, it complains, prints the header and exits with 0.
    if (sockets.length === 0 && complaint !== '') throw new SourceError(this.name, `ss says: ${complaint}`);
    const answer = { listeners: groupSockets(sockets, { ephemeral: ephemeralPorts() }), skipped };
    this.#last = { output, answer };
    return answer;
  }

  close(): void {
    this.#last = undefined;
  }
}

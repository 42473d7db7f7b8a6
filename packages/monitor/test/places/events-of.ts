import type { PortEvent, PortMonitor } from '../../dist/index.js';

/** Records the events of a monitor in short lines, in the order in which they come. */
export class EventsOf {
  readonly lines: string[] = [];
  #wake: (() => void) | undefined;

  constructor(monitor: PortMonitor) {
    const note = (event: PortEvent): void => {
      this.lines.push(lineOf(event));
      this.#wake?.();
    };
    for (const type of ['opened', 'closed', 'changed', 'source', 'place', 'error'] as const)
      monitor.on(type, note);
  }

  /** Waits until there are so many lines; returns all lines and forgets them. */
  async take(count: number): Promise<string[]> {
    while (this.lines.length < count) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.lines.splice(0);
  }
}

/** `docker:web opened tcp 8080`, `docker:web gone`. */
function lineOf(event: PortEvent): string {
  if ('listener' in event) {
    const { protocol, address, port } = event.listener;
    return `${event.place} ${event.type} ${protocol} ${address} ${port}`;
  }
  if (event.type === 'place') return `${event.place} ${event.state}`;
  if (event.type === 'source') return `${event.place} source ${event.source}`;
  return `${event.place} error ${event.error.message}`;
}

import type { EventBody, PortEvent } from './event.js';
import type { EventOutlet } from './event-outlet.js';

/** What is told of one site: it goes to all who listen, and to whoever waits for the look that found it. */
export class SiteEvents {
  readonly #outlet: EventOutlet;
  readonly #place: string;
  #found: PortEvent[] = [];

  constructor(outlet: EventOutlet, place: string) {
    this.#outlet = outlet;
    this.#place = place;
  }

  /** @param body becomes the event */
  publish(body: EventBody): void {
    this.#found.push(this.#outlet.publish(Object.assign(body, { place: this.#place })));
  }

  /** Begins a look: from now on {@link found} is what this look finds. */
  begin(): void {
    this.#found = [];
  }

  /** What was published since the look began. */
  get found(): readonly PortEvent[] {
    return this.#found;
  }
}

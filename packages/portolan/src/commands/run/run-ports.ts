import type { Listener, PortMonitor } from '@portolan/monitor';
import { LISTENER_EVENTS } from '../../waiting/until.js';
import type { RunMarker } from './run-marker.js';

/** What a run listens on, as a monitor knows it. */
export class RunPorts {
  readonly #monitor: PortMonitor;
  readonly #marker: RunMarker;
  readonly #onChange: (listeners: readonly Listener[]) => void;
  #isNoted = false;

  /** @param onChange receives the open listeners when they may have changed, once for each look */
  constructor(monitor: PortMonitor, marker: RunMarker, onChange: (listeners: readonly Listener[]) => void) {
    this.#monitor = monitor;
    this.#marker = marker;
    this.#onChange = onChange;
    for (const type of LISTENER_EVENTS) monitor.on(type, this.#note);
  }

  /** The listeners that are open now, without ephemeral ones, which belong to clients. */
  listeners(): readonly Listener[] {
    return this.#monitor.listeners().filter((listener) => !listener.ephemeral && this.#marker.owns(listener));
  }

  readonly #note = (): void => {
    if (this.#isNoted) return;
    this.#isNoted = true;
    queueMicrotask(() => {
      this.#isNoted = false;
      this.#onChange(this.listeners());
    });
  };
}

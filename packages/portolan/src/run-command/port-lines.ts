import { type OpenPort, openPortText, placeText } from './open-port.js';

/** A port that is gone for less is opened again (a server restarts), or the command ends and all its ports close. */
const CLOSED_MS = 200;

/** Says in a line each what a run opens, as soon as it is so, and what it closes. */
export class PortLines {
  readonly #say: (line: string) => void;
  readonly #said = new Map<string, OpenPort>();
  #open: ReadonlyMap<string, OpenPort> = new Map();
  #timer: NodeJS.Timeout | undefined;
  #hasEnded = false;

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  /** @param ports all that is open now */
  update(ports: readonly OpenPort[]): void {
    if (this.#hasEnded) return;
    this.#open = byPlace(ports);
    for (const [place, open] of this.#open) {
      if (this.#said.get(place)?.pid === open.pid) continue;
      this.#said.set(place, open);
      this.#say(openPortText(open));
    }
    clearTimeout(this.#timer);
    if ([...this.#said.keys()].some((place) => !this.#open.has(place)))
      this.#timer = setTimeout(() => this.#sayClosed(), CLOSED_MS);
  }

  /** From now on nothing is said. */
  end(): void {
    this.#hasEnded = true;
    clearTimeout(this.#timer);
  }

  #sayClosed(): void {
    for (const place of this.#said.keys()) {
      if (this.#open.has(place)) continue;
      this.#said.delete(place);
      this.#say(`closed  ${place}`);
    }
  }
}

/** One for each place that they are found at. */
export function byPlace(ports: readonly OpenPort[]): Map<string, OpenPort> {
  const places = new Map<string, OpenPort>();
  for (const open of ports) if (!places.has(placeText(open))) places.set(placeText(open), open);
  return places;
}

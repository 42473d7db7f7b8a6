import type { PortEvent } from '../../src/index.js';

/** An event of a place in a few words: `netns:blue opened 80`, `netns:blue gone`. */
export function brief(event: PortEvent): string {
  if ('listener' in event) return `${event.place} ${event.type} ${event.listener.port}`;
  if (event.type === 'place') return `${event.place} ${event.state}`;
  return `${event.place} ${event.type}`;
}

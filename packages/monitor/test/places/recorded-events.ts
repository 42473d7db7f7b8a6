import type { PortEvent, PortMonitor } from '../../dist/index.js';

/** The events that a monitor tells from now on, without changes of processes and sources. The array grows with them. */
export function recordEvents(monitor: PortMonitor): readonly PortEvent[] {
  const events: PortEvent[] = [];
  for (const type of ['opened', 'closed', 'place', 'error'] as const)
    monitor.on(type, (event) => events.push(event));
  return events;
}

/** An event in a few words: `netns:blue opened 80`, `netns:blue gone`. */
export function brief(event: PortEvent): string {
  if ('listener' in event) return `${event.place} ${event.type} ${event.listener.port}`;
  if (event.type === 'place') return `${event.place} ${event.state}`;
  return `${event.place} ${event.type}`;
}

import { vi } from 'vitest';
import { type PortEvent, PortMonitor, type PortMonitorOptions } from '../../src/index.js';

/** A monitor that looks when it is told, so that a test knows what it has seen. */
export async function askedMonitor(options: PortMonitorOptions = {}): Promise<PortMonitor> {
  const monitor = new PortMonitor({ doorbell: 'clock', intervalMs: 1e6, ...options });
  await monitor.start();
  return monitor;
}

/** Has it look; what it found, in a few words. */
export async function look(monitor: PortMonitor): Promise<string[]> {
  return (await monitor.refresh()).map(brief);
}

/**
 * Has it look, and lets its events wait for the processes behind them for as long as it takes. By itself a monitor tells those
 * that are not found soon in a further event, and what is soon depends on what else runs.
 */
export async function refresh<Event>(monitor: {
  refresh(): Promise<readonly Event[]>;
}): Promise<readonly Event[]> {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  try {
    return await monitor.refresh();
  } finally {
    vi.useRealTimers();
  }
}

/** An event in a few words. */
export function brief(event: PortEvent): string {
  return 'listener' in event ? `${event.type} ${event.listener.port}` : event.type;
}

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

/** An event in a few words. */
export function brief(event: PortEvent): string {
  return 'listener' in event ? `${event.type} ${event.listener.port}` : event.type;
}

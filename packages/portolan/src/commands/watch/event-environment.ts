import type { PortEvent } from '@portolan/monitor';
import { visibleText } from '../../render/visible-text.js';

/**
 * An event as environment variables. Those that do not apply to the event are empty. Names that others chose are shown as on a
 * terminal: a script may print them.
 */
export function eventEnvironment(event: PortEvent): Record<string, string> {
  const listener = 'listener' in event ? event.listener : undefined;
  const [process] = listener?.processes ?? [];
  return {
    PORTOLAN_EVENT: event.type,
    PORTOLAN_SEQUENCE: String(event.sequence),
    PORTOLAN_AT: event.at.toISOString(),
    PORTOLAN_PLACE: visibleText(event.place),
    PORTOLAN_PROTOCOL: listener?.protocol ?? '',
    PORTOLAN_FAMILY: String(listener?.family ?? ''),
    PORTOLAN_ADDRESS: listener?.address ?? '',
    PORTOLAN_PORT: String(listener?.port ?? ''),
    PORTOLAN_PID: String(process?.pid ?? ''),
    PORTOLAN_PROCESS: visibleText(process?.name ?? ''),
    PORTOLAN_OPEN_MS: event.type === 'closed' ? String(event.openMs) : '',
  };
}

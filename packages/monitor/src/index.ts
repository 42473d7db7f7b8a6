export { type ListOptions, listListeners } from './list-listeners.js';
export {
  compareListeners,
  type Endpoint,
  type Family,
  formatEndpoint,
  type Listener,
  type ListenerSocket,
  listenerKey,
  type Protocol,
  SELF,
  type SocketHolder,
} from './listener.js';
export { ListenerReader, type ReaderOptions } from './listener-reader.js';
export type { Logger } from './logger.js';
export { type OwnerRule, OwnerRuleError } from './owners/owner-rule.js';
export { ownersOf } from './owners/owners.js';
export { PlaceError } from './place-error.js';
export type { ContainerState, RunningContainer } from './places/engine/container-state.js';
export { ContainerEngine } from './places/engine/engine.js';
export type { EngineAddress, EngineKind } from './places/engine/engine-address.js';
export { EngineError } from './places/engine/engine-error.js';
export { PLACE_FORMS, parsePlaceName } from './places/place-name.js';
export type { DoorbellChoice } from './port-monitor/doorbell-panel.js';
export type { DoorbellName } from './port-monitor/doorbells/doorbell.js';
export { DoorbellError } from './port-monitor/doorbells/doorbell-error.js';
export type {
  ChangedEvent,
  ClosedEvent,
  ErrorEvent,
  ListenerChange,
  MissedEvents,
  OpenedEvent,
  PlaceEvent,
  PortEvent,
  SourceEvent,
} from './port-monitor/event.js';
export type { PortMonitorEvents } from './port-monitor/event-outlet.js';
export type { RecentEvents } from './port-monitor/event-ring.js';
export type { Owner } from './port-monitor/owner.js';
export type { PortFilter } from './port-monitor/port-filter.js';
export { type EventsOptions, type ListenersOptions, PortMonitor } from './port-monitor/port-monitor.js';
export type { PortMonitorOptions } from './port-monitor/port-monitor-options.js';
export { RecordsLostError } from './port-monitor/records-lost-error.js';
export type { PortRange } from './port-range.js';
export { type Ancestor, readAncestors } from './processes/ancestors.js';
export type { ProcessStat } from './processes/parse-stat.js';
export type { ContainerPort, Process } from './processes/process.js';
export { readStat } from './processes/process-reader.js';
export type { PlaceLook, Snapshot, SourceFailure } from './snapshot.js';
export { NoSourceError } from './sources/no-source-error.js';
export { SOURCE_NAMES, type SourceName } from './sources/source.js';
export { splitWords } from './split-words.js';

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
export { ListenerReader } from './listener-reader.js';
export type { Logger } from './logger.js';
export { type LookOptions, listListeners } from './look-once.js';
export { type OwnerRule, OwnerRuleError } from './owners/owner-rule.js';
export { ownersOf } from './owners/owners.js';
export { ContainerEngine } from './places/engine/container-engine.js';
export type { ContainerState, RunningContainer } from './places/engine/container-state.js';
export type { EngineAddress, EngineKind } from './places/engine/engine-address.js';
export { EngineError } from './places/engine/engine-error.js';
export { PlaceError } from './places/place-error.js';
export { PLACE_FORMS, parsePlaceName } from './places/place-name.js';
export type { ReaderOptions } from './places/site-reader.js';
export type { PlaceLook, Snapshot } from './places/snapshot.js';
export {
  DOORBELL_NAMES,
  type DoorbellChoice,
  DoorbellError,
  type DoorbellName,
} from './port-monitor/doorbells/doorbell.js';
export type { PortMonitorOptions } from './port-monitor/options.js';
export {
  type EventsOptions,
  type ListenersOptions,
  type Owner,
  PortMonitor,
} from './port-monitor/port-monitor.js';
export { RecordsLostError } from './port-monitor/records/records-lost-error.js';
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
} from './port-monitor/reporting/event.js';
export type { PortMonitorEvents } from './port-monitor/reporting/event-outlet.js';
export type { RecentEvents } from './port-monitor/reporting/event-ring.js';
export { narrowEvent } from './port-monitor/reporting/narrow-event.js';
export type { PortFilter } from './port-monitor/reporting/port-filter.js';
export { includesPort, type PortRange } from './port-range.js';
export { type Ancestor, readAncestors } from './processes/ancestors.js';
export type { ProcessStat } from './processes/parse-stat.js';
export type { ContainerPort, Process } from './processes/process.js';
export { readStat } from './processes/system-process-reader.js';
export { splitWords } from './programs/split-words.js';
export { NoSourceError } from './sources/no-source-error.js';
export { SOURCE_NAMES, type SourceFailure, type SourceName } from './sources/source.js';

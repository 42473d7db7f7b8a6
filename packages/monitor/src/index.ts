export {
  compareListeners,
  type Endpoint,
  type Family,
  formatEndpoint,
  type Listener,
  type ListenerSocket,
  listenerKey,
  type Protocol,
  type SocketHolder,
} from './listener.js';
export { ListenerReader, listListeners, type ReaderOptions } from './listener-reader.js';
export type { Logger } from './logger.js';
export type { Process } from './processes/process.js';
export type { Snapshot, SourceFailure } from './snapshot.js';
export { NoSourceError } from './sources/no-source-error.js';
export { SOURCE_NAMES, type SourceName } from './sources/source.js';

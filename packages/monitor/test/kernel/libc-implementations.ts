import { loadKoffi } from '../../src/kernel/koffi.js';
import { loadNodeFfi } from '../../src/kernel/node-ffi.js';

/** Whether this Node has `node:ffi` built in. */
export const HAS_NODE_FFI = Number(process.versions.node.split('.')[0]) >= 26;

/** The ways into the C library that this Node has; each must do the same. */
export const LIBC_IMPLEMENTATIONS = [
  { name: 'koffi', load: loadKoffi },
  ...(HAS_NODE_FFI ? [{ name: 'node:ffi', load: loadNodeFfi }] : []),
];

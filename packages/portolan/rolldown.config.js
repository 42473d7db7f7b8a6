import { defineConfig } from 'rolldown';

const shared = { platform: 'node', tsconfig: false };
const output = { dir: 'dist', format: 'esm', chunkFileNames: '[name].js', comments: true };

/**
 * The chunk of everything that the entry imports statically: what a look takes, which nearly every command does. It is
 * one file, since loading a hundred small files takes longer than looking. What is imported dynamically gets chunks
 * of its own.
 *
 * The entry itself is not in it. The entry awaits the command, whose chunks import this one: with the entry in it, each
 * would wait for the other.
 */
const LOOK = { name: 'look', tags: ['$initial'], test: (id) => !id.endsWith('/src/bin.ts') };

export default defineConfig([
  {
    ...shared,
    // The library is bundled too. It loads `koffi` only when it needs native calls.
    input: 'src/bin.ts',
    external: ['commander', 'koffi'],
    output: { ...output, codeSplitting: { groups: [LOOK] } },
  },
  {
    ...shared,
    // The library starts its thread from a file beside its own, which is the bundle here. The thread loads nothing else.
    input: { 'poll-worker': '../monitor/dist/poll-thread/poll-worker.js' },
    external: ['koffi'],
    output,
  },
  { ...shared, input: 'src/index.ts', external: ['@portolan/monitor'], output },
]);

import { defineConfig } from 'rolldown';

const shared = { platform: 'node', tsconfig: false };
const output = { dir: 'dist', format: 'esm', chunkFileNames: '[name].js', comments: true };

// The command is bundled together with the library, since it is started for every look at the ports, and loading a
// hundred small files takes longer than looking. What it loads only when needed stays in files of its own.
export default defineConfig([
  {
    ...shared,
    // The library starts its thread from a file beside its own, which is the bundle here.
    input: {
      bin: 'src/bin.ts',
      'poll-worker': '../monitor/dist/poll-thread/poll-worker.js',
    },
    external: ['commander', 'koffi'],
    output,
  },
  { ...shared, input: 'src/index.ts', external: ['@portolan/monitor'], output },
]);

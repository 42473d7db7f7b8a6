import { defineConfig } from 'rolldown';

const shared = { platform: 'node', tsconfig: false };
const output = { dir: 'dist', format: 'esm', chunkFileNames: '[name].js', comments: true };

// The command is bundled together with the library, since it is started for every look at the ports, and loading a
// hundred small files takes longer than looking. What it loads only when needed stays in files of its own.
export default defineConfig([
  { ...shared, input: 'src/bin.ts', external: ['commander', 'koffi'], output },
  { ...shared, input: 'src/index.ts', external: ['@portolan/monitor'], output },
]);

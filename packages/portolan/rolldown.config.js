import { defineConfig } from 'rolldown';

const shared = { platform: 'node', tsconfig: false };
const output = { dir: 'dist', format: 'esm', chunkFileNames: '[name].js', comments: true };

/**
 * What a look takes, which nearly every command does. In one file, since to load a small file takes longer than to read a
 * large one; what watches, and what asks elsewhere, is not in it.
 */
const LOOK = [
  /monitor\/dist\/(?:[^/]+|kernel\/.+|owners\/(?!fork-feed).+|processes\/.+|programs\/.+|sources\/.+|timing\/.+)\.js$/,
  /monitor\/dist\/places\/(?:place-name|place-error|snapshot|elsewhere\/ssh-command|engine\/container-state)\.js$/,
  /portolan\/src\/(?:[^/]+|arguments\/.+|render\/.+|commands\/(?:list|list-options|plain-list))\.ts$/,
];
const NOT_LOOK =
  /portolan\/src\/(?:bin|index|program|deadline|interruption|until)\.ts$|arguments\/(?:add-options|port-argument)|monitor\/dist\/index\.js$/;

const isLook = (id) => LOOK.some((pattern) => pattern.test(id)) && !NOT_LOOK.test(id);

// The command is bundled together with the library, since it is started for every look at the ports, and loading a
// hundred small files takes longer than looking. What it loads only when needed stays in files of its own.
export default defineConfig([
  {
    ...shared,
    input: 'src/bin.ts',
    external: ['commander', 'koffi'],
    output: { ...output, codeSplitting: { groups: [{ name: 'look', test: isLook }] } },
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

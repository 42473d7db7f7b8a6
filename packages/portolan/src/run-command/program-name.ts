import type { Process } from '@portolan/monitor';
import { processName } from '../render/process-name.js';

/** `vite` of `node_modules/.bin/vite` and of `node_modules/vite/bin/vite.js`. */
const NPM_PACKAGE = /^.*\/node_modules\/(?:\.bin\/)?((?:@[^/]+\/)?[^/]+)/;

/** What a process runs, as people call it: of a command from npm its own name, since all of those are `node`. */
export function programName(process: Pick<Process, 'name' | 'commandLine'>): string {
  const name = processName(process);
  return (name === 'node' && NPM_PACKAGE.exec(process.commandLine?.[1] ?? '')?.[1]) || name;
}

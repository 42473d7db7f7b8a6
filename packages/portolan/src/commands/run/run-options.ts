import type { OptionDefinition } from '../../options/option-definition.js';

/** The options of `portolan run`. */
export interface RunOptions {
  readonly portsFile?: string;
  readonly clean?: true;
  readonly quiet?: true;
}

export const RUN_OPTIONS: readonly OptionDefinition[] = [
  { flags: '--ports-file <file>', description: 'keep a JSON file of the open ports, for scripts and agents' },
  { flags: '--clean', description: 'end what is left running on a port when the command has ended' },
  { flags: '--quiet', description: 'do not say on standard error which ports open and close' },
];

import type { ListenerFilter } from '../filter.js';
import type { OptionDefinition } from './option-definition.js';

/** `--ephemeral`, as the commands that go on looking take it. */
export const EPHEMERAL_OPTION: OptionDefinition = {
  flags: '--ephemeral',
  description: "with the UDP sockets on ports of the kernel's choice, which are mostly clients'",
};

/** The same filter, without the sockets of clients, unless they or any ports by number were asked for. */
export function withoutClients(filter: ListenerFilter, { ephemeral }: { ephemeral?: true }): ListenerFilter {
  return ephemeral || filter.ports !== undefined ? filter : { ...filter, ephemeral: false };
}

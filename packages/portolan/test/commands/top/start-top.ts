import { COMMAND } from '../../built-command.js';
import type { Tmux } from '../../tmux.js';

/** What the view is started with besides its arguments. */
export interface Given {
  /** Words of the shell before it. */
  readonly before?: string;
  /** Arguments of Node. */
  readonly node?: string;
}

/** Starts the view in the terminal's shell, which says how it ended. */
export async function startTop(
  terminal: Tmux,
  args: string,
  { before = '', node = '' }: Given = {},
): Promise<void> {
  await terminal.enter(`${before} ${process.execPath} ${node} ${COMMAND} top ${args}; echo "ended with $?"`);
  await terminal.shows(/^\d+ listeners?.*\? help/m);
}

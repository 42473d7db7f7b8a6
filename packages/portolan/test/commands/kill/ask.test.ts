import { describe, expect, it } from 'vitest';
import { COMMAND } from '../../built-command.js';
import { freePort } from '../../free-port.js';
import { startPython } from '../../started-program.js';
import { HAS_TMUX, Tmux } from '../../tmux.js';

const SERVER = `
server = listen(sys.argv[1])
ready()
wait()`;

describe.skipIf(!HAS_TMUX)('the question of portolan kill', () => {
  it('is asked again by fg after Ctrl-Z, and can be answered then', async () => {
    const port = String(await freePort());
    await using server = await startPython(SERVER, { args: [port] });
    await using terminal = await Tmux.open();
    await terminal.enter('set -m');
    await terminal.enter(`${process.execPath} ${COMMAND} kill ${port}`);
    await terminal.shows(/^End this process\? \[y\/N\]$/m);
    for (let times = 1; times <= 2; times++) {
      await terminal.press('C-z');
      await terminal.shows(/Stopped/);
      await terminal.enter('clear; fg; echo "ended with $?"');
      await terminal.shows(/^End this process\? \[y\/N\]$/m);
    }
    await terminal.enter('y');
    await terminal.shows(/^ended with 0$/m);
    expect(await server.ended).toBe('SIGTERM');
  });
});

import { listListeners, type Process } from '@portolan/monitor';
import { describe, expect, it } from 'vitest';
import { endHolder } from '../../../src/commands/top/end-row.js';
import { freePort } from '../../free-port.js';
import { startPython } from '../../started-program.js';

/** Closes its port when it is signalled, and goes on. */
const SERVER = `
server = listen(sys.argv[1])
def close(*_):
    server.close()
    print('closed', flush=True)
signal.signal(signal.SIGUSR1, close)
ready()
while True: signal.pause()`;

describe('the process of a row', () => {
  it('gets the signal while it holds the port', async () => {
    const port = await freePort();
    await using server = await startPython(SERVER, { args: [String(port)] });
    const { listeners, holder } = await lookAt(port);
    expect(await endHolder(holder, 'SIGTERM', listeners)).toMatch(/^sent SIGTERM to /);
    expect(await server.ended).toBe('SIGTERM');
    expect(await endHolder(holder, 'SIGTERM', listeners)).toMatch(/ has ended already$/);
  });

  it('gets none if it has let go of the port since the view saw it', async () => {
    const port = await freePort();
    await using server = await startPython(SERVER, { args: [String(port)] });
    const { listeners, holder } = await lookAt(port);
    process.kill(server.pid, 'SIGUSR1');
    await server.says('closed');
    expect(await endHolder(holder, 'SIGKILL', listeners)).toMatch(/ does not hold the port any more$/);
    expect(process.kill(server.pid, 0)).toBe(true);
  });
});

async function lookAt(port: number) {
  const listeners = (await listListeners()).listeners.filter((listener) => listener.port === port);
  const holder = listeners[0]?.processes?.[0] as Process;
  return { listeners, holder };
}

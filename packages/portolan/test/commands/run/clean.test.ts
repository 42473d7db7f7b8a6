import { once } from 'node:events';
import { createConnection } from 'node:net';
import { describe, expect, it } from 'vitest';
import { portolan } from '../../built-command.js';
import { freePort } from '../../free-port.js';

/** Leaves a server behind in a session of its own, which ends by itself if nobody ends it. */
function leave(port: number, ignoring = ''): readonly string[] {
  const server = `
import os, signal, socket, sys
server = socket.create_server(('127.0.0.1', ${port}))
if os.fork(): os._exit(9)
os.setsid()
${ignoring}
signal.alarm(60)
null = os.open('/dev/null', os.O_RDWR)
for fd in range(3): os.dup2(null, fd)
signal.pause()`;
  return ['python3', '-c', server];
}

async function isOpen(port: number): Promise<boolean> {
  const socket = createConnection(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

describe('at the end portolan run', () => {
  it('names what was left running and holds a port, and lets it run', async () => {
    const port = await freePort();
    const { status, stderr } = await portolan(['run', '--', ...leave(port)]);
    const pid = Number(
      /^left running {2}http:\/\/localhost:\d+ {2}python3 \(pid (\d+)\)$/m.exec(stderr)?.[1],
    );
    expect({ status, isOpen: await isOpen(port) }).toEqual({ status: 9, isOpen: true });
    process.kill(pid, 'SIGKILL');
  });

  it('ends it with --clean', async () => {
    const port = await freePort();
    const { status, stderr } = await portolan(['run', '--clean', '--', ...leave(port)]);
    expect({ status, isOpen: await isOpen(port) }).toEqual({ status: 9, isOpen: false });
    const holder = `http://localhost:${port}  python3 \\(pid \\d+\\)`;
    expect(stderr).toMatch(new RegExp(`left running  ${holder}\nended  ${holder}\n$`));
  });

  it('kills it with --clean where it does not end within 5 s', async () => {
    const port = await freePort();
    const ignoring = 'signal.signal(signal.SIGTERM, signal.SIG_IGN)';
    const result = await portolan(['run', '--clean', '--quiet', '--', ...leave(port, ignoring)]);
    expect({ status: result.status, isOpen: await isOpen(port) }).toEqual({ status: 9, isOpen: false });
    expect(result.stderr).toMatch(/^portolan: python3 \(pid \d+\) did not end within 5 s, and was killed\n$/);
  });
});

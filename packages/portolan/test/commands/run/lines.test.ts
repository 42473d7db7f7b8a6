import { describe, expect, it } from 'vitest';
import { COMMAND } from '../../built-command.js';
import { freePort } from '../../free-port.js';
import { startPortolan } from '../../started-program.js';
import { PORT_SERVER, runPortServer } from './port-server.js';

describe('what portolan run says', () => {
  it('is where a browser finds a port, and who holds it', async () => {
    const port = await freePort();
    await using running = await runPortServer();
    const pid = /(\d+) ready/.exec(running.output)?.[1];
    running.type(`tcp 0.0.0.0 ${port}\n`);
    await running.tells(/\n/);
    expect(running.errors).toBe(`http://localhost:${port}  python3 (pid ${pid})\n`);
  });

  it.each([
    ['tcp', '127.0.0.1', 'http://localhost:PORT'],
    ['tcp', '127.0.0.2', 'http://127.0.0.2:PORT'],
    ['tcp', '::1', 'http://localhost:PORT'],
    ['udp', '127.0.0.1', 'udp 127.0.0.1:PORT'],
    ['udp', '::1', 'udp [::1]:PORT'],
  ])('of %s on %s is %s', async (protocol, address, place) => {
    // Below those that the kernel gives to whoever asks for any, of which UDP ones are left out.
    const port = await freePort();
    await using running = await runPortServer();
    running.type(`${protocol} ${address} ${port}\n`);
    await running.tells(/\n/);
    expect(running.errors.split('  ')[0]).toBe(place.replace('PORT', String(port)));
  });

  it('leaves out the UDP ports of clients', async () => {
    const port = await freePort();
    await using running = await runPortServer();
    running.type(`udp 127.0.0.1 0\ntcp 127.0.0.1 ${port}\n`);
    await running.tells(/\n/);
    expect(running.errors).toMatch(new RegExp(`^http://localhost:${port}  .*\n$`));
  });

  it('tells of a closing while the command runs, and not of those with which it ends', async () => {
    const [first, second] = [await freePort(), await freePort()];
    await using running = await runPortServer();
    running.type(`tcp 127.0.0.1 ${first}\ntcp 127.0.0.1 ${second}\n`);
    await running.tells(/\n.*\n/);
    running.type(`close ${first}\n`);
    await running.tells(/closed/);
    running.type('exit 0\n');
    expect(await running.ended).toBe(0);
    expect(running.errors.match(/^(closed|left).*/gm)).toEqual([`closed  http://localhost:${first}`]);
  });

  it('shows what is dangerous in the name of a process', async () => {
    await using running = await runPortServer();
    running.type("name '\\x1b[2Jred'\ntcp 127.0.0.1 0\n");
    await running.tells(/\n/);
    expect(running.errors).toMatch(/ {2}\\x1b\[2Jred \(pid \d+\)\n$/);
  });

  it('is nothing with --quiet', async () => {
    await using running = await runPortServer('--quiet');
    running.type('tcp 127.0.0.1 0\n');
    await running.says('did');
    running.type('exit 4\n');
    expect(await running.ended).toBe(4);
    expect(running.errors).toBe('');
  });

  it('has the ports of a run within the run twice, and those of another run not at all', async () => {
    const [inner, other] = [await freePort(), await freePort()];
    await using outer = startPortolan([
      ...['run', '--', process.execPath, COMMAND, 'run', '--'],
      ...['setsid', '--wait', 'python3', '-c', PORT_SERVER],
    ]);
    await using beside = await runPortServer();
    await outer.says('ready');
    beside.type(`tcp 127.0.0.1 ${other}\n`);
    await beside.tells(new RegExp(`:${other} `));
    outer.type(`tcp 127.0.0.1 ${inner}\n`);
    await outer.tells(new RegExp(`:${inner} [^]*:${inner} `));
    expect(outer.errors).not.toContain(String(other));
    expect(beside.errors).not.toContain(String(inner));
  });
});

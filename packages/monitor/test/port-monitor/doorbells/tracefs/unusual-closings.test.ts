import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PortMonitor } from '../../../../dist/index.js';
import { enterTestNamespace } from '../../../test-namespace/test-namespace.js';
import { MAY_TRACE, mountTracefs } from './mounted-tracefs.js';
import { python } from './python.js';

const PORTS = Array.from({ length: 20 }, (_, i) => 7000 + i);

/** What the bodies below are written with. */
const PROLOGUE = `
import ctypes, os, socket, threading
CLONE_NEWPID = 0x20000000
def listening(port, *options, family=socket.AF_INET, address='127.0.0.1'):
    s = socket.socket(family)
    for option in options: s.setsockopt(*option)
    s.bind((address, port))
    s.listen(1)
    return s
REUSE_PORT = (socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
BOTH_FAMILIES = (socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
`;

const ONCE: Readonly<Record<string, string>> = {
  'its process calls listen() twice': `
  s = listening(port); s.listen(5); s.close()`,
  'another thread closes it': `
  s = listening(port)
  thread = threading.Thread(target=s.close); thread.start(); thread.join()`,
  'a child closes it that was forked after listen()': `
  s = listening(port)
  parent_has_closed, tell = os.pipe()
  if os.fork() == 0:
    os.close(tell); os.read(parent_has_closed, 1); os._exit(0)
  s.close(); os.close(tell); os.close(parent_has_closed); os.wait()`,
  'exec closes it': `
  if os.fork() == 0:
    listening(port)
    os.execvp('true', ['true'])
  os.wait()`,
  'it is of a process in another pid namespace': `
  if os.fork() == 0:
    if ctypes.CDLL(None).unshare(CLONE_NEWPID) != 0: os._exit(1)
    if os.fork() == 0:
      listening(port)
      os._exit(0)
    os.wait(); os._exit(0)
  os.wait()`,
  'it takes both families': `
  listening(port, BOTH_FAMILIES, family=socket.AF_INET6, address='::').close()`,
  'it is two sockets of SO_REUSEPORT': `
  a = listening(port, REUSE_PORT); b = listening(port, REUSE_PORT); a.close(); b.close()`,
};

describe.skipIf(!MAY_TRACE)('with tracefs, a listener that comes and goes', () => {
  let tracefs: AsyncDisposable;
  beforeAll(async () => {
    tracefs = await mountTracefs();
    enterTestNamespace();
  });
  afterAll(() => tracefs[Symbol.asyncDispose]());

  /** What a monitor tells of each of the ports, once the last of them has closed. */
  async function told(body: string): Promise<string[][]> {
    await using monitor = new PortMonitor({ doorbell: 'tracefs', processes: false });
    await monitor.start();
    const loop = `for port in range(${PORTS[0]}, ${(PORTS.at(-1) ?? 0) + 1}):${body}`;
    await python(`${PROLOGUE}${loop}\nprint('null')`);
    const events = () => monitor.recentEvents().events;
    const typesOf = (port: number) =>
      events().flatMap((event) => ('listener' in event && event.listener.port === port ? event.type : []));
    await expect.poll(() => PORTS.every((port) => typesOf(port).at(-1) === 'closed')).toBe(true);
    await monitor.refresh();
    expect(events().filter((event) => !('listener' in event))).toEqual([]);
    return PORTS.map(typesOf);
  }

  test.each(Object.entries(ONCE))('is told once if %s', async (_, body) => {
    expect(await told(body)).toEqual(PORTS.map(() => ['opened', 'closed']));
  });

  test('is told if it is shut down and listens again, at least once and at most twice', async () => {
    const each = await told(`
  s = listening(port); s.shutdown(socket.SHUT_RD); s.listen(1); s.close()`);
    for (const types of each) expect(types.join(' ')).toMatch(/^opened closed( opened closed)?$/);
  });
});

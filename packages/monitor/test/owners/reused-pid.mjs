/**
 * In a pid namespace of its own: a process of an owner opens a port and ends, and a stranger gets its pid. Prints what the monitor
 * told of each as JSON.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { PortMonitor } from '@portolan/monitor';

/** Serves a port in a child until it is told to end; a pid that is named is taken for the next child. */
const SERVER = `
import os, signal, socket, sys
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
print('ready', flush=True)
for line in sys.stdin:
    port, wanted = (int(each) for each in line.split())
    read, write = os.pipe()
    for _ in range(1000):
        if wanted:
            with open('/proc/sys/kernel/ns_last_pid', 'w') as last:
                last.write(str(wanted - 1))
        child = os.fork()
        if child == 0:
            if wanted and os.getpid() != wanted:
                os._exit(0)
            listener = socket.socket()
            listener.bind(('127.0.0.1', port))
            listener.listen(5)
            os.write(write, b'1')
            signal.pause()
        if not wanted or child == wanted:
            break
    os.read(read, 1)
    print(child, flush=True)
`;

function server() {
  const child = spawn('python3', ['-c', SERVER], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => (await lines.next()).value;
  return {
    pid: child.pid,
    ready: next,
    async serve(port, pid = 0) {
      child.stdin.write(`${port} ${pid}\n`);
      return Number(await next());
    },
    end: () => child.stdin.end(),
  };
}

const [mine, stranger] = [server(), server()];
await Promise.all([mine.ready(), stranger.ready()]);
const monitor = new PortMonitor({ doorbell: 'clock', intervalMs: 1e6 });
await monitor.start();
monitor.own({ name: 'mine', pid: mine.pid });
const told = async () => {
  await monitor.refresh();
  return monitor
    .listeners()
    .map(({ port, owners, processes }) => ({ port, owners, pid: processes?.[0]?.pid }));
};
const pid = await mine.serve(8001);
const first = await told();
process.kill(pid, 'SIGKILL');
await stranger.serve(8002, pid);
const second = await told();
await monitor.stop();
for (const each of [mine, stranger]) each.end();
process.kill(pid, 'SIGKILL');
process.stdout.write(`${JSON.stringify({ pid, first, second })}\n`);

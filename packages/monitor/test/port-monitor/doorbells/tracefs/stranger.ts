import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const SERVER = `
import json, socket, sys
print('ready', flush=True)
sys.stdin.readline()
tcp = socket.socket()
tcp.bind(('127.0.0.1', 0))
tcp.listen(1)
udp = socket.socket(type=socket.SOCK_DGRAM)
udp.bind(('127.0.0.1', 0))
print(json.dumps([each.getsockname()[1] for each in (tcp, udp)]), flush=True)
sys.stdin.readline()
`;

/** A process in a network namespace of its own, which opens a TCP listener and a UDP socket when it is told. */
export async function startStranger() {
  // unshare(1) becomes the program that it runs.
  const child = spawn('unshare', ['--net', 'sh', '-c', 'ip link set lo up; exec python3 -c "$0"', SERVER], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await lines.next();
  return {
    pid: child.pid,
    /** The ports, TCP and UDP. */
    async open(): Promise<number[]> {
      child.stdin.write('\n');
      return JSON.parse((await lines.next()).value ?? '[]');
    },
    async [Symbol.asyncDispose](): Promise<void> {
      const exit = once(child, 'exit');
      child.stdin.end();
      await exit;
    },
  };
}

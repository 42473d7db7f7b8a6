import { COMMAND } from '../../built-command.js';
import { StartedProgram } from '../../started-program.js';

/** Opens and closes ports as it is told on its standard input, and answers with what it did. */
export const PORT_SERVER = `
import fcntl, os, socket, sys
sockets = {}
print(os.getpid(), 'ready', flush=True)
for line in sys.stdin:
    verb, *words = line.split()
    if verb == 'exit': sys.exit(int(words[0]))
    if verb in ('tcp', 'udp'):
        family = socket.AF_INET6 if ':' in words[0] else socket.AF_INET
        kind = socket.SOCK_STREAM if verb == 'tcp' else socket.SOCK_DGRAM
        sockets[words[1]] = socket.socket(family, kind)
        sockets[words[1]].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sockets[words[1]].bind((words[0], int(words[1])))
        if verb == 'tcp': sockets[words[1]].listen()
    if verb == 'close': sockets.pop(words[0]).close()
    if verb == 'name': open('/proc/self/comm', 'w').write(eval(words[0]))
    if verb == 'blocking': words = [str(not fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_NONBLOCK) for fd in range(3)]
    print('did', *words, flush=True)
`;

/** Runs it through `portolan run`, with these options, until it is ready. */
export async function runPortServer(...options: readonly string[]): Promise<StartedProgram> {
  const args = ['run', ...options, '--', 'python3', '-c', PORT_SERVER];
  const started = new StartedProgram(process.execPath, [COMMAND, ...args]);
  try {
    await started.says('ready');
    return started;
  } catch (error) {
    await started[Symbol.asyncDispose]();
    throw error;
  }
}

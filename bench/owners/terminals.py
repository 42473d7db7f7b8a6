"""
Terminals with processes in them: terminals.py TERMINALS PROCESSES

Answers a first line with their pids, as JSON. For each line `TERMINAL PORT` that terminal forks a child that listens on the port; the answer is the
time of CLOCK_MONOTONIC, in nanoseconds, at which listen() had returned. `-` for the port ends those. Ends with its input.
"""
import json, os, signal, socket, sys, time

terminals, processes = int(sys.argv[1]), int(sys.argv[2])
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
own = os.getpid()


def serve(port, answer):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(('127.0.0.1', port))
    listener.listen(5)
    os.write(answer, b'%d\n' % time.monotonic_ns())
    while True:
        listener.accept()[0].close()


def terminal(commands, answer):
    os.setsid()
    for _ in range(processes - 1):
        if os.fork() == 0:
            os.close(commands)
            signal.pause()
    servers = []
    os.write(answer, b'%d\n' % os.getpid())
    with os.fdopen(commands) as lines:
        for line in lines:
            if line.strip() == '-':
                for pid in servers:
                    os.kill(pid, signal.SIGKILL)
                servers = []
                os.write(answer, b'0\n')
                continue
            pid = os.fork()
            if pid == 0:
                serve(int(line), answer)
            servers.append(pid)
    os.killpg(0, signal.SIGKILL)


answers, answer = os.pipe()
pipes, pids = [], []
lines = os.fdopen(answers)
for _ in range(terminals):
    commands, pipe = os.pipe()
    if os.fork() == 0:
        for other in pipes + [pipe]:
            os.close(other)
        terminal(commands, answer)
    os.close(commands)
    pipes.append(pipe)
    pids.append(int(lines.readline()))
sys.stdin.readline()
print(json.dumps({'pids': pids}), flush=True)
for line in sys.stdin:
    number, port = line.split()
    os.write(pipes[int(number)], port.encode() + b'\n')
    print(json.dumps({'ns': int(lines.readline())}), flush=True)

"""Opens so many listeners at once for a line `open`, and closes them for a line `close`."""
import os, resource, socket, sys

first, count = int(sys.argv[1]), int(sys.argv[2])
_, most_files = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (most_files, most_files))
# Each process may have only so many files.
SHARE = min(15_000, most_files - 100)


def serve(ports, ask, told):
    kept = []
    while order := os.read(ask, 1):
        if order == b'o':
            for port in ports:
                listener = socket.socket()
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                listener.bind(('127.0.0.1', port))
                listener.listen(1)
                kept.append(listener)
        else:
            for listener in kept:
                listener.close()
            kept.clear()
        os.write(told, b'.')


servers = []
for begin in range(first, first + count, SHARE):
    ask, told = os.pipe(), os.pipe()
    if os.fork() == 0:
        # Its own copy of the other ends would keep the pipes open.
        for end in (ask[1], *(each for pipes in servers for each in pipes)):
            os.close(end)
        serve(range(begin, min(begin + SHARE, first + count)), ask[0], told[1])
        os._exit(0)
    os.close(ask[0])
    servers.append((ask[1], told[0]))
print('ready', flush=True)
for line in sys.stdin:
    for ask, _ in servers:
        os.write(ask, line[:1].encode())
    for _, told in servers:
        os.read(told, 1)
    print('done', flush=True)

"""Opens and closes so many connections on loopback, and says how many."""
import socket, sys

count = int(sys.argv[1])
server = socket.socket()
server.bind(('127.0.0.1', 0))
server.listen(64)
made = 0
for _ in range(count):
    client = socket.create_connection(server.getsockname())
    peer, _ = server.accept()
    # Without lingering in TIME_WAIT, where the ports would run out.
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b'\1\0\0\0\0\0\0\0')
    client.close()
    peer.close()
    made += 1
print(made, flush=True)

"""Opens and closes listeners, and writes down each that really was there: `port opened-at closed-at`, in nanoseconds."""
import heapq, os, random, socket, sys, time

first, ports, count, seed, seconds = (int(arg) for arg in sys.argv[1:6])
random.seed(seed)
free = list(range(first, first + ports))
random.shuffle(free)
closing, log = [], []
start = time.monotonic()


def close_until(now):
    while closing and closing[0][0] <= now:
        _, port, opened, listener = heapq.heappop(closing)
        before = time.monotonic_ns()
        listener.close()
        log.append((port, opened, before))
        # With a port for each listener none is used again, and what is told of a port is told of one listener.
        if ports < count:
            free.insert(random.randrange(len(free) + 1), port)


def sleep_until(moment):
    """Or until the next listener is to be closed."""
    if closing:
        moment = min(moment, closing[0][0])
    time.sleep(max(0, moment - time.monotonic()))


def lifetime():
    """From no time at all to seconds, each order of magnitude as likely as the next."""
    kind = random.random()
    return 0 if kind < 0.3 else 10 ** random.uniform(-4, 0.3)


for number in range(count):
    due = start + seconds * number / count
    while True:
        close_until(time.monotonic())
        if free and time.monotonic() >= due:
            break
        # Without a free port there is nothing to do before one is closed.
        sleep_until(due if free else closing[0][0])
    port = free.pop()
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(('127.0.0.1', port))
    listener.listen(1)
    heapq.heappush(closing, (time.monotonic() + lifetime(), port, time.monotonic_ns(), listener))
while closing:
    sleep_until(closing[0][0])
    close_until(time.monotonic())
print('\n'.join(f'{port} {opened} {closed}' for port, opened, closed in log), flush=True)
# Whoever reads this knows by the end that it is all.
os.close(1)
# Who opened a listener tells where that was; a process stays until all are told.
sys.stdin.read()

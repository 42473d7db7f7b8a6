"""
Grows a random tree of processes, each leaf of which listens on some ports: forest.py SEED LEAVES PORTS_A_LEAF FIRST_PORT

Grows once it is given a line, and prints a line of JSON, a leaf each: `ports`, `detached` (no ancestor leads back to this process), `cleared` (its environment
is empty), `unmarked` (no ancestor has the TERMINAL_ID of this process) and how it came to be. Ends its leaves, and itself, when its input ends.
"""
import ctypes, json, os, random, signal, socket, sys

SERVE = """
import os, signal, socket, sys
first, count, report = (int(each) for each in sys.argv[1:4])
kept = []
for port in range(first, first + count):
    listener = socket.socket()
    listener.bind(('127.0.0.1', port))
    listener.listen(5)
    kept.append(listener)
os.write(report, b'%d\\n' % os.getpid())
os.close(report)
signal.pause()
"""
PR_SET_CHILD_SUBREAPER = 36

seed, leaves, ports_a_leaf, first_port = (int(each) for each in sys.argv[1:5])
random.seed(seed)
prctl = ctypes.CDLL(None).prctl


def serve(report, port, execs, cleared):
    if execs or cleared:
        os.set_inheritable(report, True)
        environment = {} if cleared else dict(os.environ)
        if not cleared and random.random() < 0.3:
            # A megabyte, in pieces as large as one entry may be.
            environment = {**{'FILL%d' % i: 'x' * 120_000 for i in range(9)}, **environment}
        args = [sys.executable, '-c', SERVE, str(port), str(ports_a_leaf), str(report)]
        os.execve(sys.executable, args, environment)
    sys.argv = ['serve', str(port), str(ports_a_leaf), str(report)]
    exec(SERVE)


def descend(steps, leaf):
    """Forks its way down, and calls `leaf` at the end. Of each step it says what becomes of the parent."""
    os.write(everybody, b'%d\n' % os.getpid())
    if not steps:
        leaf()
        os._exit(0)
    step, rest = steps[0], steps[1:]
    if step == 'setsid' and os.getpid() != os.getsid(0):
        try:
            os.setsid()
        except PermissionError:
            pass
    if step == 'subreaper':
        prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    parent = os.getpid()
    if os.fork() == 0:
        # Until the parent is gone, where it is to be: a server detaches before it listens.
        while step == 'dies' and os.getppid() == parent:
            signal.sigtimedwait([], 0.001)
        descend(rest, leaf)
    if step == 'dies':
        os._exit(0)
    signal.pause()


def has_mark(pid):
    mark = b'TERMINAL_ID=' + os.environb.get(b'TERMINAL_ID', b'none')
    try:
        with open('/proc/%d/environ' % pid, 'rb') as environment:
            return mark in environment.read().split(b'\0')
    except PermissionError:
        return False


sys.stdin.readline()
# Whoever comes to be writes down its pid, so that none is left behind.
register, everybody = os.pipe()
told = []
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for number in range(leaves):
    port = first_port + number * ports_a_leaf
    steps = [random.choice(['stays', 'stays', 'dies', 'setsid', 'subreaper']) for _ in range(random.randint(0, 4))]
    cleared = random.random() < 0.2
    execs = random.random() < 0.3
    read, write = os.pipe()
    if os.fork() == 0:
        os.setpgid(0, 0)
        os.close(read)
        descend(steps, lambda: serve(write, port, execs, cleared))
        os._exit(1)
    os.close(write)
    pid = int(os.read(read, 20))
    os.close(read)
    # Who dies at the first step takes the way up with it; further down, the way ends at whoever has adopted the child.
    parents = []
    above = pid
    while above > 1:
        with open('/proc/%d/stat' % above) as stat:
            above = int(stat.read().rpartition(')')[2].split()[1])
        parents.append(above)
    told.append({
        'ports': list(range(port, port + ports_a_leaf)),
        'pid': pid,
        'detached': os.getpid() not in parents,
        'cleared': cleared,
        'unmarked': not any(has_mark(each) for each in parents if each > 0),
        'how': steps,
    })
print(json.dumps(told), flush=True)
sys.stdin.read()
os.close(everybody)
os.set_blocking(register, False)
for pid in os.read(register, 1_000_000).split():
    try:
        os.kill(int(pid), signal.SIGKILL)
    except ProcessLookupError:
        pass

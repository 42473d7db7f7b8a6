"""Makes network namespaces with listeners in them, and ends them. Each request is a line of JSON: [VERB, ARGUMENT...].

`make` takes a list of {name, by, sockets} and answers with the namespaces that it made. `end` takes a list of names. `open`
and `close` take one socket. A namespace is kept by a mount in /run/netns, as ip-netns(8) does, or by a process in it. If a
mount keeps it, this process holds its sockets from outside.
"""
import ctypes, json, os, signal, socket, sys

CLONE_NEWNET, CLONE_NEWPID = 0x40000000, 0x20000000
MS_BIND, MNT_DETACH, PR_SET_PDEATHSIG = 0x1000, 2, 1
libc = ctypes.CDLL(None, use_errno=True)
NAMESPACE = '/proc/thread-self/ns/net'
home = os.open(NAMESPACE, os.O_RDONLY)


def check(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def listen(protocol, family, address, port):
    one = socket.socket(socket.AF_INET if family == 4 else socket.AF_INET6,
                        socket.SOCK_STREAM if protocol == 'tcp' else socket.SOCK_DGRAM)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1 if protocol == 'tcp' else 0)
    one.bind((address, port))
    if protocol == 'tcp':
        one.listen(5)
    return one


def told(plan, one):
    return {'protocol': plan['protocol'], 'family': plan['family'], 'address': plan['address'],
            'port': one.getsockname()[1], 'inode': os.fstat(one.fileno()).st_ino}


class Namespace:
    """A network namespace that this process has made."""

    def __init__(self, name, by):
        self.name, self.by, self.sockets, self.child = name, by, [], None

    def make(self, plans):
        if self.by == 'process':
            return self.fork(plans)
        check(libc.unshare(CLONE_NEWNET))
        try:
            path = f'/run/netns/{self.name}'
            open(path, 'x').close()
            check(libc.mount(NAMESPACE.encode(), path.encode(), None, MS_BIND, None))
            return self.describe(None, self.listen(plans))
        finally:
            check(libc.setns(home, CLONE_NEWNET))

    def listen(self, plans):
        opened = [listen(**plan) for plan in plans]
        self.sockets += opened
        return [told(plan, one) for plan, one in zip(plans, opened)]

    def describe(self, pid, sockets):
        return {'name': self.name, 'pid': pid, 'inode': os.stat(NAMESPACE).st_ino, 'sockets': sockets}

    def fork(self, plans):
        reading, writing = os.pipe()
        self.child = os.fork()
        if self.child == 0:
            check(libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0))
            # The child must not hold sockets of other namespaces.
            writing = os.dup2(writing, 3)
            os.closerange(4, 1 << 20)
            check(libc.unshare(CLONE_NEWNET))
            os.write(writing, json.dumps(self.describe(os.getpid(), self.listen(plans))).encode())
            os.close(writing)
            signal.pause()
        os.close(writing)
        with os.fdopen(reading) as answer:
            return json.load(answer)

    def within(self, act):
        path = f'/proc/{self.child}/ns/net' if self.child else f'/run/netns/{self.name}'
        fd = os.open(path, os.O_RDONLY)
        check(libc.setns(fd, CLONE_NEWNET))
        os.close(fd)
        try:
            return act()
        finally:
            check(libc.setns(home, CLONE_NEWNET))

    def end(self):
        for one in self.sockets:
            one.close()
        if self.child:
            os.kill(self.child, signal.SIGKILL)
            os.waitpid(self.child, 0)
        else:
            path = f'/run/netns/{self.name}'
            check(libc.umount2(path.encode(), MNT_DETACH))
            os.unlink(path)


namespaces = {}


def make(plans):
    made = []
    for plan in plans:
        one = namespaces[plan['name']] = Namespace(plan['name'], plan['by'])
        made.append(one.make(plan['sockets']))
    return made


def end(names):
    for name in names:
        namespaces.pop(name).end()


def open_one(name, plan):
    one = namespaces[name]
    return one.within(lambda: one.listen([plan]))[0]


def close_one(name, port):
    one = namespaces[name]
    for each in [each for each in one.sockets if each.getsockname()[1] == port]:
        one.sockets.remove(each)
        each.close()


ACTS = {'make': make, 'end': end, 'open': open_one, 'close': close_one}
print(json.dumps(os.getpid()), flush=True)
for line in sys.stdin:
    verb, *arguments = json.loads(line)
    print(json.dumps(ACTS[verb](*arguments)), flush=True)
end(list(namespaces))

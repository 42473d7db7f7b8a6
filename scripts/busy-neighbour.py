"""Keeps this machine busy for SECONDS, so that tests can be run beside it.

It takes every core, forks without a pause, and listens on loopback: half of its children in the network namespace that
they were started in, the others in one that they make for themselves. It holds back nothing but the count: each of its few
workers has one child at a time. It ends after SECONDS, with its parent, or when it is told to, and leaves nothing.
"""

import contextlib
import ctypes
import os
import random
import signal
import socket
import sys
import time

CLONE_NEWNET = 0x40000000  # include/uapi/linux/sched.h
PR_SET_PDEATHSIG = 1  # include/uapi/linux/prctl.h
FORKING_WORKERS = 2
LONGEST_SECONDS = 3600
LONGEST_LIFE_SECONDS = 0.02

libc = ctypes.CDLL(None, use_errno=True)


def main():
    seconds = float(sys.argv[1])
    if not 0 < seconds <= LONGEST_SECONDS:
        sys.exit(f"at most {LONGEST_SECONDS} seconds")
    end_with_parent(os.getppid())
    deadline = time.monotonic() + seconds
    jobs = [take_a_core] * os.cpu_count() + [fork_listeners] * FORKING_WORKERS
    workers = [start(job, deadline) for job in jobs]
    signal.signal(signal.SIGTERM, lambda *_: end(workers))
    signal.signal(signal.SIGINT, lambda *_: end(workers))
    while workers:
        os.waitpid(workers[-1], 0)
        workers.pop()


def take_a_core(deadline):
    while time.monotonic() < deadline:
        pass


def fork_listeners(deadline):
    while time.monotonic() < deadline:
        os.waitpid(start(listen_briefly), 0)


def listen_briefly():
    if random.random() < 0.5:
        # Without root the child stays where it is.
        libc.unshare(CLONE_NEWNET)
    # The loopback interface of a new namespace is down, yet an address on it can be bound to.
    with socket.create_server(("127.0.0.1", 0)):
        time.sleep(random.random() * LONGEST_LIFE_SECONDS)


def start(job, *arguments):
    """Runs a function in a child that never outlives this process, and gives its process ID."""
    parent = os.getpid()
    pid = os.fork()
    if pid != 0:
        return pid
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        end_with_parent(parent)
        random.seed()
        job(*arguments)
    finally:
        os._exit(0)


def end_with_parent(parent):
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    # It may have ended before that was said.
    if os.getppid() != parent:
        os._exit(0)


def end(workers):
    for worker in workers:
        # One of them may just have been waited for.
        with contextlib.suppress(ProcessLookupError):
            os.kill(worker, signal.SIGTERM)


main()

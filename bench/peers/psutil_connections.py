"""psutil.net_connections(): all sockets with their processes. The protocol is the one of ../contestant.mjs."""

import json
import sys
import time

import psutil

for line in sys.stdin:
    microseconds = []
    for _ in range(int(line)):
        start = time.perf_counter()
        psutil.net_connections(kind="inet")
        microseconds.append((time.perf_counter() - start) * 1e6)
    print(json.dumps({"microseconds": microseconds}), flush=True)

"""Runs one command and reports what it took: `launch.py STDOUT COMMAND…`.

A process of its own, started with `-I -S` and without imports from files, because Linux counts
the memory of the process that forked into the child's peak: this one is about 5 MiB, and so is
the least that can be measured. Prints start, wall, user and system seconds, peak KiB, status.
"""

import posix
import sys
import time

out = posix.open(sys.argv[1], posix.O_WRONLY | posix.O_CREAT | posix.O_TRUNC, 0o600)
command = sys.argv[2:]
start = time.monotonic()
child = posix.fork()
if child == 0:
    try:
        posix.dup2(out, 1)
        if sys.argv[1] == "/dev/null":
            posix.dup2(out, 2)
        posix.execv(command[0], command)
    finally:
        posix._exit(127)
_, status, used = posix.wait4(child, 0)
wall = time.monotonic() - start
print(start, wall, used.ru_utime, used.ru_stime, used.ru_maxrss, posix.waitstatus_to_exitcode(status))

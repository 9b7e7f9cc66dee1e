"""Runs a command with at most so many seconds and prints its peak memory in KiB to a file.

usage: peak.py FILE SECONDS COMMAND...   (stdin, stdout, stderr and the status are the command's)
"""

import resource
import subprocess
import sys

file, seconds, *command = sys.argv[1:]
try:
    status = subprocess.run(command, timeout=float(seconds)).returncode
except subprocess.TimeoutExpired:
    status = 124
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
with open(file, "w") as out:
    print(peak, file=out)
sys.exit(status if status >= 0 else 128 - status)

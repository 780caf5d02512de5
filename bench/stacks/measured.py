"""One command with what it and all that it started cost: `python -m bench.stacks.measured COMMAND...`.

It runs in a process of its own because the system adds up the costs of all children that a process has had.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys


def main() -> int:
    """Run the command, and write its code, words, seconds of CPU and peak memory in MB to standard output, as JSON."""
    done = subprocess.run(sys.argv[1:], capture_output=True, text=True, check=False)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = {
        "code": done.returncode,
        "words": done.stdout + done.stderr,
        "cpu": used.ru_utime + used.ru_stime,
        "memory": used.ru_maxrss / 1024,
    }
    sys.stdout.write(json.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(main())

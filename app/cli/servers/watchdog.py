"""Ends what a supervisor started, once the supervisor is gone.

Run as a program of its own, in a session of its own, with the reading end of a pipe as its
input. The supervisor writes `watch <pid> <signal> <stage>` and `forget <pid>`; the kernel
closes the pipe when it dies, even by SIGKILL. Then every process still watched gets its
signal, stage after stage, and whatever remains of its process group is killed. Standard
library only, and no imports from the app: it must start fast and outlive anything.
"""

from __future__ import annotations

import contextlib
import os
import pathlib
import signal
import sys
import time

GRACE_SECONDS = 5.0


def main() -> None:
    """Listen until the pipe closes, then end what is left."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    watched: dict[int, tuple[int, int]] = {}
    for line in sys.stdin:
        verb, pid, *rest = line.split()
        if verb == "watch":
            watched[int(pid)] = (int(rest[0]), int(rest[1]))
        else:
            watched.pop(int(pid), None)
    for stage in sorted({stage for _, stage in watched.values()}):
        end({pid: number for pid, (number, its) in watched.items() if its == stage})


def end(signals: dict[int, int]) -> None:
    """Send each process its signal, wait a little, kill what remains of its group."""
    for pid, number in signals.items():
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)
    deadline = time.monotonic() + GRACE_SECONDS
    while time.monotonic() < deadline and any(alive(pid) for pid in signals):
        time.sleep(0.05)
    for pid in signals:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)


def alive(pid: int) -> bool:
    """Whether there is such a process, not merely waiting for init to take note of its end."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    try:
        state = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return True  # no /proc here
    return state != "Z"


if __name__ == "__main__":
    main()

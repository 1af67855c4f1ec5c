"""A simulation that is broken off ends, however often it is told to, and leaves nothing behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

_STARTS, _ENDS = 60.0, 25.0
"""Seconds, on a machine that has much else to do."""


def _of(mark: str) -> dict[int, str]:
    """The processes of a run: whatever has its mark in the environment, and what each runs."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (folder / "environ").read_bytes():
                found[int(folder.name)] = (folder / "cmdline").read_bytes().decode()
        except OSError:  # it has ended
            continue
    return found


def _until(seconds: float, true: Callable[[], object]) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="reads the kernel's list")
def test_two_signals_at_once_end_it():
    mark = uuid.uuid4().hex
    run = [sys.executable, "-m", "app.cli", "simulate", "journeys", "--cases", "350"]
    process = subprocess.Popen(
        run,
        env=os.environ | {"MARK": mark},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        assert _until(_STARTS, lambda: any("postgres" in said for said in _of(mark).values()))
        homes = re.findall(r"/[^\0]*/rk-[^/\0]+", "\0".join(_of(mark).values()))
        assert homes
        for one in (signal.SIGTERM, signal.SIGINT, signal.SIGTERM):
            os.killpg(process.pid, one)
        assert process.wait(_ENDS) != 0
        assert _until(_ENDS, lambda: not _of(mark)), _of(mark)
        assert not [home for home in homes if Path(home).exists()]
    finally:
        for left in _of(mark):
            os.kill(left, signal.SIGKILL)

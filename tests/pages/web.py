"""A real web process on this test's database, as the Procfile starts it."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

_PATIENCE = 120.0  # seconds
_ROOT = Path(__file__).parents[2]


_PORTS = range(20_000, 30_000)
"""Below those that a system gives to whoever connects to somewhere."""
_held: list[socket.socket] = []


def free_port() -> int:
    """A port that is free, and that no other test run gets before this one ends.

    Its number is held for datagrams, which disturbs nobody who serves there.
    """
    for port in random.sample(_PORTS, len(_PORTS)):
        held = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            held.bind(("127.0.0.1", port))
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            held.close()
            continue
        _held.append(held)
        return port
    raise AssertionError("every port is taken")


@contextmanager
def serving(env: dict[str, str]) -> Iterator[str]:
    """Granian on `env["PORT"]`; the address it answers at."""
    command = ["granian", "--interface", "rsgi", "--port", env["PORT"], "--workers", "1"]
    command += ["--no-ws", "--log-level", "warning", "app.wsgi:whole"]
    paths = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    process = subprocess.Popen(command, env=env | paths, cwd=_ROOT)
    url = f"http://127.0.0.1:{env['PORT']}"
    try:
        _wait(url, process)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=_PATIENCE)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        assert process.poll() is None, "the web process has ended"
        try:
            if requests.get(f"{url}/healthz", timeout=2).ok:
                return
        except requests.RequestException:
            time.sleep(0.05)
    raise AssertionError("the web process does not answer")

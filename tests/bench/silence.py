"""(s) The silence audit: thousands of random journeys, and who was left in silence.

It is `reknock simulate journeys` in a process of its own, on servers of its own. Beside each zero
stands what a chain of Celery countdowns, with a broker that loses nothing, made of the same draws.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

from app.cli.journeys.audit import ZEROS
from tests.bench.report import Figure, say
from tests.bench.stage import ROOT, Servers

JOURNEYS = 2000
QUICK = 100
SEED = 2026

_BESIDE = {
    "longest_silence": ("longest silence", "h", 3600),
    "contacts_per_resolution": ("messages to the customer per case that ended", "", 1),
    "first_contact": ("time to first contact, half of them within", "min", 60),
    "resolved": ("share that came to an end", "", 1),
}


def figures(servers: Servers) -> Iterator[Figure]:
    command = [sys.executable, "-m", "app.cli", "simulate", "journeys", "--json"]
    command += ["--cases", str(JOURNEYS), "--seed", str(SEED)]
    since = time.monotonic()
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if not ran.stdout:
        raise RuntimeError(ran.stderr[-2000:])
    got: dict[str, Any] = json.loads(ran.stdout)
    ours, theirs = got["reknock"], got["countdowns"]
    say(f"silence: {time.monotonic() - since:.0f} s\n{ran.stderr}")
    what = f"{JOURNEYS:,} random journeys"
    for name, said in ZEROS.items():
        note = f"a chain of countdowns: {theirs[name]:,}"
        yield Figure(f"{what}: {said}", "", [float(ours[name])], at_most=0, note=note)
    for name, (said, unit, by) in _BESIDE.items():
        yield Figure(f"{what}: {said}", unit, [ours[name] / by], [theirs[name] / by])

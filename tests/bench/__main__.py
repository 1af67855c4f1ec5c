"""`make bench`: one table out of one run; `make bench ARGS="claims burst"` runs some of it.

Ends with 1 when a required figure is not met. The benchmarks use loopback and private servers
only.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from tests.bench import (
    adapters,
    alive,
    burst,
    chain,
    claims,
    consoles,
    countdown,
    dashboard,
    days,
    drill,
    finding,
    growth,
    handing,
    held,
    intake,
    journey,
    latency,
    neighbours,
    outbound,
    sending,
    silence,
)
from tests.bench.report import Figure, into_readme, say, table
from tests.bench.stage import ROOT, Servers

PARTS = {
    "intake": intake,
    "adapters": adapters,
    "claims": claims,
    "latency": latency,
    "chain": chain,
    "countdown": countdown,
    "burst": burst,
    "sending": sending,
    "handing": handing,
    "outbound": outbound,
    "days": days,
    "growth": growth,
    "dashboard": dashboard,
    "finding": finding,
    "journey": journey,
    "alive": alive,
    "consoles": consoles,
    "held": held,
    "neighbours": neighbours,
    "drill": drill,
    "silence": silence,
}


def main() -> int:
    parser = argparse.ArgumentParser("make bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every sample there")
    parser.add_argument("--readme", action="store_true", help="make its tables in the README anew")
    parser.add_argument("--durable", action="store_true", help="let commits wait for the disk")
    parser.add_argument("--quick", action="store_true", help="growth with smaller sizes")
    asked = parser.parse_args()
    if unknown := set(asked.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    if asked.quick:
        growth.LARGE = growth.QUICK
        dashboard.SIZE = dashboard.QUICK
        alive.CLOSED = alive.QUICK
        neighbours.FLOOD = neighbours.QUICK
        days.CLOSED = days.QUICK
        finding.CASES = finding.QUICK
        silence.JOURNEYS = silence.QUICK
    run: dict[str, list[Figure]] = {}
    servers = Servers(durable=asked.durable)
    try:
        servers.start()
        for name in asked.parts or PARTS:
            since = time.monotonic()
            run[name] = list(PARTS[name].figures(servers))
            say(f"{name}: {time.monotonic() - since:.0f} s")
    finally:
        servers.stop()
    figures = [figure for part in run.values() for figure in part]
    print(table(figures))
    if asked.json:
        asked.json.write_text(json.dumps([figure.plain() for figure in figures], indent=2) + "\n")
    if asked.readme:
        readme = ROOT / "README.md"
        readme.write_text(into_readme(readme.read_text(), run))
    return int(any(figure.met is False for figure in figures))


if __name__ == "__main__":
    sys.exit(main())

"""`reknock simulate journeys`: the silence audit."""

from __future__ import annotations

import json
import signal
import sys
import time
from dataclasses import asdict
from datetime import datetime
from typing import Any

import click

from app.cli.journeys.audit import ZEROS
from app.plain import counted

_SHOWN_EVERY = 0.5  # seconds


@click.command("journeys")
@click.option("--cases", type=click.IntRange(1, 100_000), default=200, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The figures and findings as JSON.")
def command(cases: int, seed: int, *, as_json: bool) -> None:
    """Let random people live through failed deliveries, and count who was left in silence.

    Couriers, dispatchers, customers and shippers are drawn from the seed and play against the
    real engine with time moved, on a Postgres and a Redis that start for this run alone and are
    thrown away after it. Beside it stands what a chain of Celery countdowns would have done with
    the same draws. The exit status is 1 if something that must be 0 is not.

    Example: reknock simulate journeys --cases 2000 --seed 7
    """
    from app.cli.journeys import naive, private, report, run, tale  # noqa: PLC0415 - slow to import

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    journeys, began = run.draw(seed, cases), time.monotonic()
    shown = _Shown(journeys[-1].begins) if sys.stderr.isatty() else None
    with private.world():
        told = run.play(journeys, seed, shown or (lambda *_: None))
        found, ours = run.judge(told)
        tales = [tale.tell(one, told) for one in _one_of_each(found)]
    if shown:
        shown.over()
    until = max(one.until for one in told if one.until)
    _, theirs = run.judge(naive.play(journeys, until))
    took = round(time.monotonic() - began)
    if as_json:
        click.echo(json.dumps(_document(seed, cases, ours, theirs, found), default=str, indent=2))
    else:
        click.echo(f"{counted(cases, 'journey')} of seed {seed}, {took} s\n")
        for line in report.lines(ours, theirs):
            click.echo(line)
    for line in [*report.findings(found), *tales]:
        click.echo(line, err=True)
    if any(ours[name] for name in ZEROS):
        raise click.exceptions.Exit(1)


def _document(seed: int, cases: int, ours: Any, theirs: Any, found: list[Any]) -> dict[str, Any]:
    return {
        "seed": seed,
        "journeys": cases,
        "reknock": ours,
        "countdowns": theirs,
        "findings": [asdict(one) for one in found],
    }


def _one_of_each(found: list[Any]) -> list[Any]:
    """The first finding of each kind: its whole story is told."""
    return list({one.zero: one for one in reversed(found)}.values())


class _Shown:
    """How far it is, on a terminal."""

    def __init__(self, last: datetime) -> None:
        self._last = last
        self._next = 0.0

    def __call__(self, looks: int, now: datetime) -> None:
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + _SHOWN_EVERY
            more = "" if now < self._last else ", all have begun"
            click.echo(f"\r{now:%Y-%m-%d %H:%M} UTC, {looks:,} looks{more}  ", err=True, nl=False)

    def over(self) -> None:
        """Take it away again."""
        click.echo("\r" + " " * 60 + "\r", err=True, nl=False)

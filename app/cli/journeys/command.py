"""`reknock simulate journeys`: the silence audit."""

from __future__ import annotations

import json
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import click

from app.cli.journeys.audit import ZEROS
from app.plain import counted


@click.command("journeys")
@click.option("--cases", type=click.IntRange(1, 100_000), default=200, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The figures and findings as JSON.")
def command(cases: int, seed: int, *, as_json: bool) -> None:
    """Let random people live through failed deliveries, and count who was left in silence.

    Couriers, dispatchers, customers and shippers are drawn from the seed and play against the
    real engine with time moved, a hundred in each world, on servers that start for this run alone
    and are thrown away after it; every processor plays one. Beside it stands what a chain of Celery
    countdowns would have done with the same draws. The exit status is 1 if something that must
    be 0 is not.

    Example: reknock simulate journeys --cases 2000 --seed 7
    """
    from app.cli.journeys import apart, figures, naive, report, run  # noqa: PLC0415 - slow to import

    for ends in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ends, apart.once)
    journeys, began = run.draw(seed, cases), time.monotonic()
    told, found, tales = apart.play(journeys, seed, _shown(cases))
    ours = figures.of(told, found)
    until = max(one.until for one in told if one.until)
    _, theirs = run.judge(naive.play(journeys, until))
    took = round(time.monotonic() - began)
    if as_json:
        click.echo(json.dumps(_document(seed, cases, ours, theirs, found), default=str, indent=2))
    else:
        click.echo(f"{counted(cases, 'journey')} of seed {seed}, {took} s\n")
        for line in report.lines(ours, theirs):
            click.echo(line)
    for line in [*report.findings(found), *tales.values()]:
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


def _shown(cases: int) -> Callable[[int], None]:
    """Whoever says, on a terminal, how far it is."""

    def show(over: int) -> None:
        click.echo(
            f"\r{over:,} of {counted(cases, 'journey')} lived through", err=True, nl=over == cases
        )

    if not sys.stderr.isatty():
        return lambda _: None
    show(0)
    return show

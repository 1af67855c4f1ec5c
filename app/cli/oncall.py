"""`reknock oncall`: who would be called, when and by what."""

from __future__ import annotations

import click

from app import clock
from app.cli import environment
from app.db.connection import connection
from app.dispatch.oncall import moments, service, store, texts
from app.dispatch.oncall.service import Answer
from app.theme.times import When, length


@click.command("oncall")
@click.argument("depot")
@click.option("--at", metavar="TIME", help="As 2026-12-24T03:00, at the depot's clocks; now.")
def command(depot: str, at: str | None) -> None:
    """Say who would be called at DEPOT if a delivery failed at a moment and nobody answered.

    It is found by the rules that call. Times are on the clocks of the depot.

    Example: reknock oncall anaheim --at 2026-12-24T03:00
    """
    environment.attach()
    conn = connection()
    known = store.depot(conn, depot)
    zone = known.zone if known else "UTC"
    meant = moments.meant(at, zone) if at else [clock.now()]
    if len(meant) > 1:
        click.echo(f"The clocks of {zone} show this time twice. The first time:")
    for number, moment in enumerate(meant):
        if number:
            click.echo("The second time:")
        _say(service.would_call(conn, depot, moment))


def _say(answer: Answer) -> None:
    when, zone = When(answer.depot.zone, clock.now()), answer.depot.zone
    state = "open" if answer.closed is None else f"closed ({answer.closed})"
    click.echo(
        f"{answer.depot.name}, {when.short(answer.at)} ({zone}, "
        f"UTC{moments.offset(answer.at, zone)}): the depot is {state}"
    )
    last = answer.calls[-1]
    for call in answer.calls:
        at = texts.hour(call.at, answer.at, last.until, when)
        for level, why, rotas in call.passed:
            click.echo(f"  {at}  {texts.passed_over(level, why, rotas)}")
        for person, ways in call.people:
            click.echo(
                f"  {at}  {texts.level(call):<24} {person.name:<24} "
                f"{texts.ways(ways) or 'no way to reach them'}"
            )
    click.echo(
        f"  {texts.hour(last.until, answer.at, last.until, when)}  nobody came: who is in charge "
        f"is called again with longer pauses, first {length(last.until - last.at)} later"
    )

"""`reknock oncall`: who would be called, when and by what."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import click

from app import clock
from app.cli import environment
from app.cli.errors import CommandError
from app.db.connection import connection
from app.dispatch.oncall import service, store, texts
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
    moment = _moment(at, depot) if at else clock.now()
    answer = service.would_call(conn, depot, moment)
    when = When(answer.depot.zone, clock.now())
    state = "open" if answer.is_open else "closed"
    click.echo(
        f"{answer.depot.name}, {when.short(answer.at)} ({answer.depot.zone}): the depot is {state}"
    )
    for call in answer.calls:
        for level, why, rotas in call.passed:
            click.echo(f"  {when.time(call.at)}  {texts.passed_over(level, why, rotas)}")
        for person, ways in call.people:
            click.echo(
                f"  {when.time(call.at)}  {texts.level(call):<24} {person.name:<24} "
                f"{texts.ways(ways) or 'no way to reach them'}"
            )
    last = answer.calls[-1]
    click.echo(
        f"  {when.time(last.until)}  nobody came: who is in charge is called again with longer "
        f"pauses, first {length(last.until - last.at)} later"
    )


def _moment(text: str, slug: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{text!r} is no time like 2026-12-24T03:00.") from None
    if at.tzinfo is None:
        depot = store.depot(connection(), slug)
        at = at.replace(tzinfo=ZoneInfo(depot.zone if depot else "UTC"))
    return at.astimezone(clock.now().tzinfo)

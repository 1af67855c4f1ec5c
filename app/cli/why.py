"""`reknock why`: a case's whole story."""

from __future__ import annotations

from collections.abc import Sequence

import click

from app import clock
from app.access import links
from app.cases.model import Case
from app.cli import environment
from app.cli.errors import CommandError
from app.db.connection import Connection, connection
from app.insight import story
from app.insight.story import Line
from app.plain import counted


@click.command("why")
@click.argument("case", type=int)
def command(case: int) -> None:
    """Tell what happened, what waits, what was not sent and why, and what comes next.

    Times are on the clocks of the depot. Names, numbers and addresses are not shown.

    Example: reknock why 42
    """
    environment.attach()
    told = describe(connection(), case)
    if told is None:
        raise CommandError(f"There is no case {case}.")
    click.echo(told)
    found = story.tell(connection(), case, clock.now())
    if found and not found.case.closed and not found.waiting:
        click.echo("\nNothing waits: run `reknock audit`.", err=True)


def describe(conn: Connection, case: int) -> str | None:
    """The whole story of a case; None if there is none."""
    found = story.tell(conn, case, clock.now())
    if found is None:
        return None
    about, zone = found.case, found.case.depot.zone
    head = (
        f"Case {about.id}: {about.kind}, {about.state}"
        f"{f' ({about.resolution})' if about.resolution else ''}, round {about.round}\n"
        f"{_aside(about, zone)}"
        f"  parcel     {about.parcel.tracking_number}, "
        f"{counted(about.parcel.attempts, 'failed attempt')}\n"
        f"  reason     {about.reason} ({about.fault}): {about.words or '–'}\n"
        f"  contact    {_contact(about)}\n"
        f"  answers    {about.acknowledged_by or 'nobody yet'}\n"
        f"  request    {about.request_id}\n"
        f"  page       {links.place(f'/console/cases/{about.id}')}\n"
        f"  now        {clock.local(clock.now(), zone):%Y-%m-%d %H:%M:%S} ({zone})"
    )
    parts = [
        _shown("What happened", found.past, zone),
        _shown("What was not sent, and why", found.unsent, zone),
        _shown("What the customer was promised", found.promised, zone),
        _shown("What comes next", found.waiting, zone),
    ]
    return "\n".join([head, *filter(None, parts)])


def _shown(title: str, lines: Sequence[Line], zone: str) -> str:
    said = [
        f"  {clock.local(line.at, zone):%a %d %b %H:%M:%S}  {line.who:<20} {line.text}"
        for line in lines
    ]
    return "\n".join([f"\n{title}", *said]) if said else ""


def _aside(case: Case, zone: str) -> str:
    if not case.aside or case.aside_until is None:
        return ""
    until = clock.local(case.aside_until, zone)
    return (
        f"  old news   nobody is called until somebody begins it, in the console or by\n"
        f"             `POST /api/v1/cases/{case.id}/begin`. It closes {until:%Y-%m-%d %H:%M}\n"
    )


def _contact(case: Case) -> str:
    ways = {
        "text message": case.contact_phone,
        "e-mail": case.contact_email,
        "a call": case.contact_call or case.call_only,
    }
    named = " and ".join(name for name, there in ways.items() if there)
    return named or f"none ({case.contact_fault or 'not checked yet'})"

"""`reknock user`: the people who are called."""

from __future__ import annotations

from datetime import timedelta

import click

from app import clock, languages
from app.access import agents, keys, sessions_store
from app.cli import environment, inputs
from app.cli.errors import CommandError
from app.db.connection import Connection, connection, transaction
from app.directory import store
from app.directory.changes import TERMINAL
from app.dispatch import talks
from app.managing import people

_LONGEST_WAIT = 7 * 24 * 60


_role = click.option(
    "--role",
    type=click.Choice(keys.ROLES),
    help="What they may do; a dispatcher to begin with.",
)
_sees = click.option(
    "--sees",
    multiple=True,
    metavar="DEPOT",
    help="Whose cases they see: a depot's slug, again for each, or `all`.",
)


_shipper = click.option(
    "--shipper", metavar="SLUG", help="Whose parcels they see and decide about; no depot's."
)
_language = click.option(
    "--language",
    type=click.Choice(sorted(languages.known())),
    help="What they are called and written to in; English to begin with.",
)


@click.group("user")
def command() -> None:
    """Add, list and remove the people who are called.

    Example: reknock user add --name Ana --phone +17145554232 --depot anaheim --level 1
    """


@command.command()
@click.option("--name", required=True)
@click.option("--phone", help="Mobile number with its prefix: +1714…")
@click.option("--email", type=inputs.Email())
@click.option("--depot", help="Slug of the depot whose ladder this person joins.")
@click.option("--level", type=click.IntRange(1, 9), help="Which level of the ladder.")
@click.option(
    "--wait",
    type=click.IntRange(1, _LONGEST_WAIT),
    default=10,
    show_default=True,
    help="Minutes to acknowledge.",
)
@click.option(
    "--ring/--no-ring",
    default=True,
    show_default=True,
    help="Ring the phone first, and write when nobody answers.",
)
@_role
@_sees
@_shipper
@_language
def add(
    name: str,
    phone: str | None,
    email: str | None,
    depot: str | None,
    level: int | None,
    wait: int,
    role: str | None,
    sees: tuple[str, ...],
    shipper: str | None,
    language: str | None,
    *,
    ring: bool,
) -> None:
    """Add somebody, and to a depot's ladder if --depot and --level are given.

    They can sign in, and see the cases of the depot whose ladder they join, or of those that --sees
    names.

    Of a shipper, they sign in to its own page, which is at /shop.

    Example: reknock user add --name Ben --email ben@example.com --depot anaheim --level 2
    """
    environment.attach()
    channels = [*(["voice"] if ring else []), "sms"] if phone else []
    if email:
        channels.append("email")
    if not channels:
        raise CommandError("Give a --phone or an --email: this person is to be called.")
    if shipper and (depot or sees):
        raise CommandError("--shipper goes with no depot: a shipper's people see its parcels only.")
    if (depot is None) != (level is None):
        raise CommandError("--depot and --level go together.")
    with transaction() as conn:
        wanted = people.Wanted(
            name=name,
            phone=phone or "",
            email=email or "",
            channels=channels,
            role=role or ("shipper" if shipper else "dispatcher"),
            depots=_depots(conn, sees or ((depot,) if depot else ())),
            shipper=shipper or "",
            language=language or "",
        )
        person_id = people.add(conn, TERMINAL, wanted, clock.now()).id
        if depot and level:
            store.add_level(conn, depot, level, person_id, timedelta(minutes=wait))
    click.echo(f"added person {person_id}{f', level {level} of {depot}' if depot else ''}")


@command.command("set")
@click.argument("person", type=int)
@_role
@_sees
@_language
def set_(person: int, role: str | None, sees: tuple[str, ...], language: str | None) -> None:
    """Change what somebody may do, whose cases they see, or what they are called in.

    PERSON is the number in the list.

    Example: reknock user set 3 --role supervisor --sees anaheim --sees fullerton
    """
    environment.attach()
    with transaction() as conn:
        before = people.find(conn, person)
        wanted = people.Wanted(
            name=before.name,
            phone=before.phone or "",
            email=before.email or "",
            channels=before.channels,
            role=role or before.role,
            depots=_depots(conn, sees) if sees else before.depots,
            shipper=before.shipper if role in (None, "shipper") else "",
            language=before.language if language is None else language,
        )
        fresh = people.change(conn, TERMINAL, person, wanted, clock.now())
    click.echo(f"person {person} {'is changed' if fresh else 'was so already'}")


def _depots(conn: Connection, slugs: tuple[str, ...]) -> list[int] | None:
    return None if slugs == ("all",) else [inputs.depot_id(conn, slug) for slug in slugs]


@command.command("list")
def list_() -> None:
    """Show everybody who can be called, and on which ladders they stand.

    Example: reknock user list
    """
    environment.attach()
    for row in store.people(connection()):
        reached = ", ".join(filter(None, [row["phone"], row["email"]]))
        click.echo(f"{row['id']:>6}  {row['name']:<24}  {row['role']:<10}  {reached}")
        click.echo(f"{'':>8}sees {row['sees']}")
        for ladder in row["ladders"]:
            click.echo(f"{'':>8}{ladder}")


@command.command()
@click.argument("person", type=int)
@click.option("--end", "ended", metavar="SESSION", help="End this one, or `all`.")
def sessions(person: int, ended: str | None) -> None:
    """Show where somebody is signed in, or sign them out; PERSON is the number in the list.

    Example: reknock user sessions 3 --end all
    """
    environment.attach()
    conn = connection()
    if ended is None:
        for one in sessions_store.of(conn, clock.machine_now(), person_id=person):
            browser = agents.in_words(one.agent)
            seen = f"since {one.started_at:%Y-%m-%d %H:%M}, seen {one.seen_at:%H:%M} UTC"
            click.echo(f"{one.id:>6}  {browser:<28}  {one.how:<7}  {seen}")
        return
    if ended != "all" and not ended.isdecimal():
        raise CommandError("--end takes the number of a session, or `all`.")
    only = None if ended == "all" else int(ended)
    count = sessions_store.end_of(conn, person_id=person, only=only)
    click.echo(f"ended {count} session{'' if count == 1 else 's'}")


@command.command("phone-code")
@click.argument("person", type=int)
def phone_code(person: int) -> None:
    """Print the code by which PERSON acts when they call our number back.

    It changes with their phone number; PERSON is the number in the list.

    Example: reknock user phone-code 3
    """
    environment.attach()
    found = store.person(connection(), person)
    if found is None or not found.phone:
        raise CommandError(f"There is nobody with the id {person} and a phone.")
    click.echo(talks.code_of(found))


@command.command()
@click.argument("person", type=int)
def remove(person: int) -> None:
    """Take somebody off every ladder and end their keys; PERSON is the number in the list.

    What they did stays in the stories of the cases; how to reach them is forgotten.

    Example: reknock user remove 3
    """
    environment.attach()
    with transaction() as conn:
        ended = people.remove(conn, TERMINAL, person, clock.now())
    click.echo(f"removed person {person}; {ended} key{'' if ended == 1 else 's'} ended with it")

"""`reknock user`: the people who are called."""

from __future__ import annotations

from datetime import timedelta

import click

from app import clock
from app.access import agents, keys, sessions_store
from app.cli import environment, inputs
from app.cli.errors import CommandError
from app.db.connection import Connection, connection, transaction
from app.directory import roles_store, service, store
from app.dispatch import talks
from app.shipments.reachable import WHY, check_number

_LONGEST_WAIT = 7 * 24 * 60


_role = click.option(
    "--role",
    type=click.Choice(keys.ROLES[1:]),
    help="What they may do; a dispatcher to begin with.",
)
_sees = click.option(
    "--sees",
    multiple=True,
    metavar="DEPOT",
    help="Whose cases they see: a depot's slug, again for each, or `all`.",
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
def add(
    name: str,
    phone: str | None,
    email: str | None,
    depot: str | None,
    level: int | None,
    wait: int,
    role: str | None,
    sees: tuple[str, ...],
    *,
    ring: bool,
) -> None:
    """Add somebody, and to a depot's ladder if --depot and --level are given.

    They can sign in, and see the cases of the depot whose ladder they join, or of those that --sees
    names.

    Example: reknock user add --name Ben --email ben@example.com --depot anaheim --level 2
    """
    environment.attach()
    channels = []
    if phone:
        number = check_number(phone, "ZZ")
        if number.fault:
            why = WHY.get(number.fault, number.fault)
            raise CommandError(f"{phone!r} cannot be used: {why}. Write it as +1714….")
        phone = number.e164
        channels += ["voice", "sms"] if ring else ["sms"]
    if email:
        channels.append("email")
    if not channels:
        raise CommandError("Give a --phone or an --email: this person is to be called.")
    if (depot is None) != (level is None):
        raise CommandError("--depot and --level go together.")
    with transaction() as conn:
        person_id = store.add_person(conn, name, phone, email, channels, clock.now())
        if person_id is None:
            raise CommandError(f"Somebody has the address {email!r} already; give another --email.")
        if depot and level:
            wait_for = timedelta(minutes=wait)
            if not store.add_level(conn, depot, level, person_id, wait_for):
                raise CommandError(f"There is no depot {depot!r}.")
            roles_store.let_see(conn, person_id, depot)
        _may(conn, person_id, role, sees)
    click.echo(f"added person {person_id}{f', level {level} of {depot}' if depot else ''}")


@command.command("set")
@click.argument("person", type=int)
@_role
@_sees
def set_(person: int, role: str | None, sees: tuple[str, ...]) -> None:
    """Change what somebody may do, or whose cases they see; PERSON is the number in the list.

    Example: reknock user set 3 --role supervisor --sees anaheim --sees fullerton
    """
    environment.attach()
    with transaction() as conn:
        if store.person(conn, person) is None:
            raise CommandError(f"Nobody has the number {person}; see `reknock user list`.")
        _may(conn, person, role, sees)
    click.echo(f"person {person} is changed")


def _may(conn: Connection, person_id: int, role: str | None, sees: tuple[str, ...]) -> None:
    if role:
        roles_store.set_role(conn, person_id, role)
    if sees:
        whole = None if sees == ("all",) else [inputs.depot_id(conn, slug) for slug in sees]
        roles_store.set_depots(conn, person_id, whole)


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
        ended = service.remove_person(conn, person, clock.now())
    click.echo(f"removed person {person}; {ended} key{'' if ended == 1 else 's'} ended with it")

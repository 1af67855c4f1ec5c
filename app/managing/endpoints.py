"""Verbs on where a person or a depot is written to beside number and mail.

They run in the caller's transaction. What is changed is remembered, and no secret with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from app.access import links, vault
from app.channels import endpoints as known
from app.channels import service as channels
from app.channels.endpoints import SYSTEM
from app.channels.providers import DEMO
from app.channels.providers.apprise import addresses
from app.channels.providers.apprise.addresses import NotUsable
from app.channels.providers.system import address as systems
from app.channels.providers.system.address import Unusable
from app.channels.service import Draft, Route
from app.db.connection import Connection
from app.directory import endpoints_store as store
from app.directory.changes import By, Facts, record
from app.directory.endpoints_store import Endpoint, Owner
from app.dispatch import documents
from app.errors import Problem
from app.languages.language import mark
from app.languages.sentence import sentence
from app.managing import people_store
from app.managing.faults import wrong_fields
from app.theme import speaking

CHAT, PUSH, HTTP = "chat", "push", "http"
_MOST = 10
_LONGEST_NAME = 60


class Subject(NamedTuple):
    """Whose endpoints are changed."""

    kind: str
    """As changes are remembered: `person` or `depot`."""
    id: int
    name: str
    depots: Sequence[int] | None

    @property
    def owner(self) -> Owner:
        """The same for the store."""
        return Owner(self.id, None) if self.kind == "person" else Owner(None, self.id)


class Wanted(NamedTuple):
    """A chat or paging service as somebody typed it in."""

    address: str
    name: str


def of(conn: Connection, subject: Subject) -> list[Endpoint]:
    """All endpoints, the oldest first."""
    return store.of(conn, subject.owner)


def add_chat(
    conn: Connection, who: By, subject: Subject, wanted: Wanted, now: datetime, *, demo: bool
) -> str:
    """Let a chat or paging service be written to as well; its label.

    Raises:
        Problem: 422, the address cannot be used; 409, there are enough.
    """
    address = wanted.address.strip()
    if demo and address == f"{DEMO}://":
        service, label = DEMO, speaking.plain("The demo’s phone")
    else:
        try:
            service, label = _read(address)
        except NotUsable as error:
            raise Problem(422, "endpoint_unusable", error.args[0]) from None
    label = " ".join(wanted.name.split())[:_LONGEST_NAME] or label
    add(conn, who, subject, (CHAT, service, label), address, now)
    return label


def add_system(
    conn: Connection,
    who: By,
    subject: Subject,
    url: str,
    now: datetime,
    *,
    plain: bool,
    secret: str = "",
) -> str:
    """Let a dispatch system be called; its secret, which is not shown again.

    `plain` allows an address that begins with `http:`. Without a `secret` it is given one.

    Raises:
        Problem: 422, the address cannot be used; 409, there are enough.
    """
    try:
        system = systems.make(url, plain=plain)
    except Unusable:
        raise Problem(
            422,
            "endpoint_unusable",
            mark("Please give the whole address, such as https://tms.example/…"),
        ) from None
    if secret:
        system = system._replace(secret=_checked(secret))
    place = urlsplit(system.url)
    label = f"{place.netloc}{place.path}"[:_LONGEST_NAME]
    add(conn, who, subject, (HTTP, SYSTEM, label), systems.kept(system), now)
    return system.secret


def systems_of(conn: Connection, subject: Subject) -> dict[str, tuple[Endpoint, str]]:
    """Its dispatch systems by their whole address, each with the secret that signs."""
    found = {}
    for one in of(conn, subject):
        if one.channel == HTTP:
            system = systems.read(known.address(conn, one.recipient))
            found[system.url] = (one, system.secret)
    return found


def add(
    conn: Connection,
    who: By,
    subject: Subject,
    what: tuple[str, str, str],
    address: str,
    now: datetime,
) -> int:
    """Add an endpoint: its channel, its service and its label; its id.

    Raises:
        Problem: 409, there are enough.
    """
    channel, _, label = what
    if len(store.of(conn, subject.owner)) >= _MOST:
        raise Problem(
            409,
            "too_many_endpoints",
            sentence("{most} are enough. Please remove one first.", most=_MOST),
        )
    made = store.add(conn, subject.owner, *what, vault.seal(address), now)
    if subject.kind == "person":
        people_store.let_reach(conn, subject.id, channel)
    _remember(conn, who, subject, {channel: ""}, {channel: label}, now)
    return made


def add_once(
    conn: Connection,
    who: By,
    subject: Subject,
    what: tuple[str, str, str],
    address: str,
    now: datetime,
) -> bool:
    """Add an endpoint unless this very address is there; whether it was new.

    Raises:
        Problem: 409, there are enough.
    """
    there = [one.recipient for one in store.of(conn, subject.owner)]
    if address in known.addresses_of(conn, there):
        return False
    add(conn, who, subject, what, address, now)
    return True


def remove(
    conn: Connection, who: By, subject: Subject, endpoint_id: int, now: datetime
) -> Endpoint:
    """Write nothing more there.

    Raises:
        Problem: 404, there is no such endpoint.
    """
    endpoint = _find(conn, subject, endpoint_id)
    store.remove(conn, endpoint.id)
    left = {one.channel for one in store.of(conn, subject.owner)}
    if subject.kind == "person" and endpoint.channel not in left:
        people_store.let_not_reach(conn, subject.id, endpoint.channel)
    was, became = {endpoint.channel: endpoint.label}, {endpoint.channel: ""}
    _remember(conn, who, subject, was, became, now)
    return endpoint


def test(conn: Connection, subject: Subject, endpoint_id: int, now: datetime) -> Endpoint:
    """Send a message there that says what it is.

    Raises:
        Problem: 404, there is no such endpoint.
    """
    endpoint = _find(conn, subject, endpoint_id)
    key = f"test-{endpoint.recipient}-{now:%Y%m%d%H%M%S}"
    language = speaking.language()
    text = language.say(
        "A test from Reknock for {name}: parcels that need somebody are told of here. Nothing to "
        "do: {link}",
        name=subject.name,
        link=links.place("/console"),
    )
    draft = Draft(
        case_id=0,
        audience="dispatcher",
        topic="test",
        idempotency_key=key,
        routes=[Route(endpoint.channel, endpoint.recipient)],
        subject=language.say("A test from Reknock"),
        text=documents.test(text, now) if endpoint.channel == HTTP else text,
        needs_case="none",
        request_id=key,
    )
    channels.enqueue(conn, [draft], now)
    return endpoint


def _remember(
    conn: Connection, who: By, subject: Subject, was: Facts, became: Facts, now: datetime
) -> None:
    whose = (subject.id, subject.name)
    record(conn, who, subject.kind, whose, subject.depots, was, became, now)


def _find(conn: Connection, subject: Subject, endpoint_id: int) -> Endpoint:
    endpoint = store.find(conn, subject.owner, endpoint_id)
    if endpoint is None:
        raise Problem(404, "no_such_endpoint", mark("It is not there any more."))
    return endpoint


def _checked(secret: str) -> str:
    if not systems.signs(secret):
        why = sentence(
            "A secret is whsec_ and then base64 of {bytes} random bytes or more.",
            bytes=str(systems.SHORTEST),
        )
        raise wrong_fields("endpoint_unusable", {"secret": why})
    return secret


def _read(address: str) -> tuple[str, str]:
    opened = addresses.open_(address)
    return opened.service.name, opened.label

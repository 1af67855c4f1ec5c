"""Demo data: what the set-up file `demo.toml` says and is not there yet. Idempotent."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

from app import clock
from app.access import keys, secret, vault
from app.chain import policy
from app.channels.providers import DEMO
from app.db.connection import Connection, connection, transaction
from app.directory import endpoints_store
from app.directory import store as directory
from app.directory.changes import ITSELF
from app.directory.endpoints_store import Owner
from app.intake import accounts, samples
from app.intake.event import Account
from app.managing import depots
from app.managing.policies import service as policies
from app.playground import drawn, sender
from app.settings import Settings
from app.setup import applying, names_store
from app.setup.document import Document
from app.shipments import store as shipments

ZONE = "America/Los_Angeles"
_SETUP = Path(__file__).with_name("demo.toml")
PEOPLE = ("ana@example.com", "ben@example.com", "olga@example.com")
"""Dispatcher, shift lead, and the operations manager, who is the catch-all."""
_KEYS = ("shipper", "dispatcher", "admin")
"""The roles that `demo.json` has a key for."""
_CHANNELS = ("chat", "push")
_BEGINS, _TOO_LATE = time(9), time(18)
"""A story takes some hours, and all of them should be by day, also on a Sunday."""
SAMPLE = "onfleet"
AFTER_SAMPLE = "easypost"
SAMPLE_PARCEL = "fab829cf"  # as its sample names it


def load(settings: Settings) -> dict[str, Any]:
    """Make what is missing and return the document of `demo.json`.

    Secrets and keys that exist stay as they are, so that a second start changes nothing.
    """
    secret.configure(settings.secret_key)
    now = clock.now()
    document = set_up_file(settings)
    slugs = [*document.said["accounts"]]
    with transaction() as conn:
        begun = directory.depot_id(conn, "anaheim") is not None
        if begun:  # what a visitor changed stays; a courier that is new since is connected
            connected = names_store.names(conn)["accounts"]
            left = {
                slug: one
                for slug, one in document.said["accounts"].items()
                if slug not in connected
            }
            document.said = {section: {} for section in document.said} | {"accounts": left}
        applying.apply(conn, document, ITSELF, now)
        if not begun:
            _try_out(conn, now)
        policies.put(conn, ITSELF, "hollow-oak", "standard", policy.STANDARD, now)
        shipper_id = directory.shipper_id(conn, "hollow-oak")
        dispatcher = directory.person_id(conn, PEOPLE[0])
        assert shipper_id and dispatcher  # noqa: S101, PT018 - the file has them
        api_keys = _api_keys(conn, settings, shipper_id, dispatcher, now)
    accounts.forget()
    return {
        "base_url": settings.public_url,
        "api_keys": api_keys,
        "courier_accounts": [_account(accounts.get(slug)) for slug in slugs],
    }


def set_up_file(settings: Settings) -> Document:
    """The demo's set-up, and files with what its couriers sign with."""
    folder = settings.home / "demo"
    document = Document(_SETUP.read_text(), folder)
    keys = f"http://127.0.0.1:{settings.port}/playground/keys"
    drawn.draw(document.said["accounts"], folder, keys)
    return document


def begin_by_day() -> datetime | None:
    """Put a new demo's clock forward to the morning where it is night at its depot.

    Whoever tries it wants to see the customer's phone ring, and nobody is texted at night. None
    where it is day, or the demo was begun before.
    """
    wait = until_morning(clock.now())
    if not wait or directory.depot_id(connection(), "anaheim"):
        return None
    return clock.local(clock.advance(wait), ZONE)


def until_morning(now: datetime) -> timedelta:
    """How long it is too late, or too early, to begin; zero by day."""
    here = clock.local(now, ZONE)
    if _BEGINS <= here.time() < _TOO_LATE:
        return timedelta()
    day = here.date() + timedelta(days=here.time() >= _TOO_LATE)
    return datetime.combine(day, _BEGINS, here.tzinfo).astimezone(UTC) - now


def post_sample(settings: Settings) -> int | None:
    """Let a first delivery fail: the real Onfleet sample, as of now, posted to the running server.

    The id of its case; None when it was posted at an earlier start.

    Raises:
        Problem: 502, the server does not answer.
        RuntimeError: it did not take the sample.
    """
    account = accounts.find(SAMPLE)
    if account is None:
        raise RuntimeError("the demo data is not loaded")
    if shipments.latest(connection(), account.shipper_id, SAMPLE_PARCEL) is not None:
        return None
    raw, headers = samples.failure(account, clock.now(), event="first")
    status, body = sender.post(settings, SAMPLE, raw, headers)
    if status != 200:
        raise RuntimeError(f"HTTP {status}: {body.get('detail')}")
    case: int | None = body["case_id"]
    return case


def _try_out(conn: Connection, now: datetime) -> None:
    """A day is closed soon, and everybody has a phone in the playground."""
    closed = (clock.local(now, ZONE) + timedelta(days=9)).date()
    depots.close_on(conn, ITSELF, depots.find(conn, "anaheim"), closed, "Stocktaking", now)
    for email in PEOPLE:
        if person_id := directory.person_id(conn, email):
            _endpoints(conn, person_id, now)


def _endpoints(conn: Connection, person_id: int, now: datetime) -> None:
    """Where they are written to by levels of a ladder that ask for it: on the demo's phones."""
    owner = Owner(person_id=person_id)
    known = {endpoint.channel for endpoint in endpoints_store.of(conn, owner)}
    for channel in _CHANNELS:
        if channel not in known:
            address = vault.seal(f"{DEMO}://")
            endpoints_store.add(conn, owner, channel, DEMO, "The demo’s phone", address, now)


def _account(account: Account) -> dict[str, Any]:
    secret = account.secrets[0] if account.secrets else None
    return {
        "slug": account.slug,
        "courier": account.courier,
        "secret": secret,
        "headers": account.headers,
    }


def _api_keys(
    conn: Connection, settings: Settings, shipper_id: int, person_id: int, now: datetime
) -> dict[str, str]:
    """Only digests are stored, so keys that are still valid come from the file of last time."""
    try:
        before = json.loads((settings.home / "demo.json").read_text())["api_keys"]
    except (FileNotFoundError, ValueError, KeyError):
        before = {}
    found = {}
    for role in _KEYS:
        key = before.get(role, "")
        caller = keys.find(conn, key)
        if caller is None or caller.role != role:
            key = keys.create(
                conn,
                role,
                f"demo {role}",
                shipper_id if role == "shipper" else None,
                person_id if role == "dispatcher" else None,
                now,
            )
        found[role] = key
    return found

"""Demo data: one shipper, one depot with a ladder, an account of every courier. Idempotent."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time, timedelta
from typing import Any

from app import clock
from app.access import keys, secret, vault
from app.booking import places_store
from app.chain import policy
from app.channels.providers import DEMO
from app.db.connection import Connection, connection, transaction
from app.directory import endpoints_store, hours, ladders, roles_store, service
from app.directory import store as directory
from app.directory.changes import ITSELF
from app.directory.endpoints_store import Owner
from app.directory.ladders import CalledWhen, NewRung
from app.directory.rotas import edit_store
from app.directory.rotas import service as rotas
from app.directory.rotas.model import Covers, Handover, Shift
from app.intake import accounts, samples
from app.intake.couriers import NAMES, adapter
from app.playground import sender, store
from app.settings import Settings
from app.shipments import store as shipments

ZONE = "America/Los_Angeles"
PEOPLE = (
    ("Ana Reyes", "ana@example.com", "+17145550111"),
    ("Ben Okafor", "ben@example.com", "+17145550112"),
    ("Olga Lind", "olga@example.com", "+17145550113"),
)
"""Dispatcher, shift lead, and the operations manager, who is the catch-all."""
_KEYS = ("shipper", "dispatcher", "admin")
"""The roles that `demo.json` has a key for."""
_CHANNELS = ("chat", "push")
_WAITS = (timedelta(minutes=5), timedelta(minutes=10))
_WINDOWS = ((time(8), time(11)), (time(11), time(14)), (time(14), time(18)))
_CUTOFF = timedelta(hours=2)
_CAPACITY = 4
_BEGINS, _TOO_LATE = time(9), time(18)
"""A story takes some hours, and all of them should be by day, also on a Sunday."""
_POINTS = (
    ("Katella Corner Market", "1201 E Katella Ave, Anaheim, CA 92805", "Mon–Sun 7:00–22:00", 18),
    ("Depot counter", "1440 S Depot Way, Anaheim, CA 92806", "Mon–Sat 8:00–20:00", 4),
)
SAMPLE = "onfleet"
AFTER_SAMPLE = "easypost"
SAMPLE_PARCEL = "fab829cf"  # as its sample names it


def load(settings: Settings) -> dict[str, Any]:
    """Make what is missing and return the document of `demo.json`.

    Secrets and keys that exist stay as they are, so that a second start changes nothing.
    """
    secret.configure(settings.secret_key)
    now = clock.now()
    with transaction() as conn:
        shipper_id = _shipper(conn, now)
        people = [
            service.person(conn, name, phone, email, ["voice", "sms", "email"], now)
            for name, email, phone in PEOPLE
        ]
        for person_id in people:
            _endpoints(conn, person_id, now)
        depot_id = _depot(conn, people, now)
        accounts.forget()
        connected = [_account(conn, settings, name, shipper_id, depot_id, now) for name in NAMES]
        api_keys = _api_keys(conn, settings, shipper_id, people[0], now)
    accounts.forget()
    return {
        "base_url": settings.public_url,
        "api_keys": api_keys,
        "courier_accounts": connected,
    }


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


def _shipper(conn: Connection, now: datetime) -> int:
    body = policy.STANDARD
    known = store.policy_id(conn, "standard", body)
    policy_id = known or policy.create(conn, "standard", body, now)
    return directory.put_shipper(
        conn,
        "hollow-oak",
        "Hollow Oak Books",
        "US",
        policy_id,
        now,
        email="care@hollow-oak.example.com",
        phone="+17145550100",
    )


def _endpoints(conn: Connection, person_id: int, now: datetime) -> None:
    """Where they are written to by levels of a ladder that ask for it: on the demo's phones."""
    owner = Owner(person_id=person_id)
    known = {endpoint.channel for endpoint in endpoints_store.of(conn, owner)}
    for channel in _CHANNELS:
        if channel not in known:
            address = vault.seal(f"{DEMO}://")
            endpoints_store.add(conn, owner, channel, DEMO, "The demo’s phone", address, now)


def _depot(conn: Connection, people: list[int], now: datetime) -> int:
    known = directory.depot_id(conn, "anaheim")
    if known:
        return known
    depot_id = directory.add_depot(
        conn,
        "anaheim",
        "Anaheim Depot",
        ZONE,
        "US",
        people[-1],
        now,
        region="CA",
        address="1440 S Depot Way, Anaheim, CA 92806",
        phone="+17145550110",
    )
    for person_id in people:
        roles_store.let_see(conn, person_id, "anaheim")
    _ladder(conn, people, now)
    # It works on holidays, so that a newcomer plays the same story on each day of the year.
    hours.put(conn, ITSELF, "anaheim", [], now, keeps_holidays=False)
    for weekday in range(1, 7):
        for starts, ends in _WINDOWS:
            places_store.add_rule(conn, depot_id, weekday, starts, ends, _CAPACITY, _CUTOFF)
    closed = (clock.local(now, ZONE) + timedelta(days=9)).date()
    places_store.add_closure(conn, depot_id, closed, "Stocktaking")
    for name, address, opens, ready_in in _POINTS:
        ready, kept = timedelta(hours=ready_in), timedelta(days=4)
        places_store.add_point(conn, depot_id, name, address, opens, ready, kept, 20)
    return depot_id


def _ladder(conn: Connection, people: list[int], now: datetime) -> None:
    """A rota whose desk the dispatcher has at all hours, the shift lead, and who is in charge."""
    day = clock.local(now, ZONE).date()
    turns = Handover(day - timedelta(days=day.weekday()), time(9), 7)
    desk = Shift(0, frozenset(range(1, 8)), time(0), time(0), (people[0],))
    settings = edit_store.Settings("Dispatch desk", ZONE, turns, Covers.ALWAYS)
    rotas.put(conn, "dispatch-desk", "anaheim", settings, [desk], ITSELF, now)
    always: dict[str, Any] = {"everyone": False, "called": CalledWhen.ALWAYS, "ways": ()}
    rungs = [
        NewRung(people=[], rotas=["dispatch-desk"], wait=_WAITS[0], **always),
        NewRung(people=[people[1]], rotas=[], wait=_WAITS[1], **always),
    ]
    ladders.put(conn, ITSELF, "anaheim", rungs, people[-1], now)


def _account(
    conn: Connection,
    settings: Settings,
    courier: str,
    shipper_id: int,
    depot_id: int,
    now: datetime,
) -> dict[str, Any]:
    slug = courier.replace("_", "-")
    known = accounts.find(slug)
    if known is None:
        fresh = samples.credentials(courier)
        config = dict(fresh.config)
        if adapter(courier).KEY_FORM == "rsa":
            config["jwks_url"] = f"http://127.0.0.1:{settings.port}/playground/keys/{slug}"
        service.add_account(
            conn,
            slug=slug,
            courier=courier,
            shipper_id=shipper_id,
            depot_id=depot_id,
            secrets=fresh.secrets,
            headers=fresh.headers,
            config=config,
            timezone=ZONE,
            now=now,
        )
        secrets, headers = fresh.secrets, fresh.headers
    else:
        secrets, headers = known.secrets, known.headers
    secret = secrets[0] if secrets else None
    return {"slug": slug, "courier": courier, "secret": secret, "headers": headers}


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

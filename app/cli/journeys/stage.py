"""The world of the journeys: a shipper, depots far apart, an account of every courier."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from app.booking import places_store
from app.chain import policy
from app.chain.standard import NIGHT, STANDARD
from app.cli.journeys import played_courier
from app.cli.journeys.places import DEPOTS
from app.db.connection import Connection, transaction
from app.directory import hours, ladders, service
from app.directory import store as directory
from app.directory.changes import ITSELF
from app.directory.ladders import CalledWhen, NewRung
from app.directory.rotas import edit_store
from app.directory.rotas import service as rotas
from app.directory.rotas.model import Covers, Handover, Shift
from app.handover import accounts as handover
from app.intake import accounts, samples
from app.intake.event import Account

POLICY = {**STANDARD, "quiet_hours": NIGHT}
CONNECTED = frozenset({"gb", "in"})
"""Depots whose couriers are told of bookings by a call; elsewhere people are."""
_WINDOWS = ((time(8), time(12)), (time(12), time(16)), (time(16), time(20)))
_CUTOFF = timedelta(hours=2)
_CAPACITY = 60
_ALWAYS: dict[str, Any] = {"everyone": False, "called": CalledWhen.ALWAYS, "ways": ()}


@dataclass(frozen=True, slots=True)
class Stage:
    """What was made: accounts by depot and courier."""

    shipper_id: int
    accounts: dict[tuple[str, str], Account]
    zones: dict[int, str]
    """On whose clocks somebody at a depot lives, by their id."""


def build(wanted: Collection[tuple[str, str]], now: datetime) -> Stage:
    """Make it, in the configured database, with accounts of these couriers at these depots."""
    with transaction() as conn:
        number = policy.create(conn, "journeys", POLICY, now)
        policy.forget(number)  # another database of this process may have had one of this number
        shipper_id = directory.put_shipper(
            conn,
            *("journeys", "Hollow Oak Books", "US", number, now),
            email="care@example.com",
            phone="+17145550100",
        )
        zones: dict[int, str] = {}
        for slug in DEPOTS:
            zones |= _depot(conn, slug, now)
        for depot, courier in sorted(wanted):
            _account(conn, depot, courier, shipper_id, now)
    accounts.forget()
    found = {(depot, courier): accounts.get(_slug(depot, courier)) for depot, courier in wanted}
    return Stage(shipper_id, found, zones)


def _depot(conn: Connection, slug: str, now: datetime) -> dict[int, str]:
    """A depot with somebody while it is open, a desk by day, and who is in charge at all hours."""
    zone, country, region = DEPOTS[slug]
    place = list(DEPOTS).index(slug)
    people = [
        service.person(
            conn,
            f"{name} ({slug})",
            f"+1714555{1000 + 10 * place + number}",
            f"{name.lower()}-{slug}@example.com",
            channels,
            now,
        )
        for number, (name, channels) in enumerate(
            (("Ana", ["sms"]), ("Ben", ["voice", "sms"]), ("Cleo", ["voice", "sms", "email"]))
        )
    ]
    depot_id = directory.add_depot(
        conn,
        *(slug, f"The {slug} depot", zone, country, people[-1], now),
        region=region,
        address="1 Depot Way",
        phone="+17145550199",
    )
    week = [(day, time(7), time(20)) for day in range(1, 7)]
    hours.put(conn, ITSELF, slug, week, now, keeps_holidays=True)
    turns = Handover(now.date() - timedelta(days=now.weekday()), time(9), 7)
    desk = Shift(0, frozenset(range(1, 8)), time(7), time(21), (people[1],))
    settings = edit_store.Settings("Desk", zone, turns, Covers.ALWAYS)
    rotas.put(conn, f"{slug}-desk", slug, settings, [desk], ITSELF, now)
    opened = {**_ALWAYS, "called": CalledWhen.OPEN}
    rungs = [
        NewRung(people=[people[0]], rotas=[], wait=timedelta(minutes=5), **opened),
        NewRung(people=[], rotas=[f"{slug}-desk"], wait=timedelta(minutes=10), **_ALWAYS),
    ]
    ladders.put(conn, ITSELF, slug, rungs, people[-1], now)
    for day in range(1, 7):
        for starts, ends in _WINDOWS:
            places_store.add_rule(conn, depot_id, day, starts, ends, _CAPACITY, _CUTOFF)
    keeps = (timedelta(hours=4), timedelta(days=4), 100_000)
    places_store.add_point(conn, depot_id, "Corner shop", "5 High Street", "Daily 8–20", *keeps)
    return dict.fromkeys(people, zone)


def _account(conn: Connection, depot: str, courier: str, shipper_id: int, now: datetime) -> None:
    depot_id = directory.depot_id(conn, depot)
    assert depot_id is not None  # noqa: S101 - all of them were just made
    fresh = samples.credentials(courier)
    service.add_account(
        conn,
        slug=_slug(depot, courier),
        courier=courier,
        shipper_id=shipper_id,
        depot_id=depot_id,
        secrets=fresh.secrets,
        headers=fresh.headers,
        config=fresh.config,
        timezone=DEPOTS[depot][0],
        now=now,
    )
    if depot in CONNECTED:
        handover.connect(conn, _slug(depot, courier), played_courier.NAME, {})


def _slug(depot: str, courier: str) -> str:
    return f"{depot}-{courier.replace('_', '-')}"

"""The couriers: their usual rhythm, who is silent, and what could not be believed or read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from flask import Blueprint, Response

from app import clock
from app.access.keys import caller
from app.access.session import require_session
from app.db.connection import connection
from app.insight.board.words import number_in
from app.insight.gaps import rules, store
from app.insight.gaps.rules import HOURS, hour_of_week
from app.languages.language import mark
from app.shipments.orders import store as orders
from app.theme import dates, respond
from app.theme.speaking import language, plain, said
from app.theme.times import When, length

blueprint = Blueprint("couriers", __name__, template_folder="templates")
respond.calm_errors(blueprint)

_FAINT = 0.07  # an hour in which nothing comes can still be seen
_CODES_SHOWN = 5
_PAST_SHOWN = 10
REFUSED = {
    "missing_signature": mark("there is no signature"),
    "wrong_signature": mark("the signature does not match"),
    "bad_timestamp": mark("the signed time cannot be read"),
    "stale_timestamp": mark("the signed time is too far from now"),
    "no_secret": mark("there is no secret to check it with"),
    "unknown_key": mark("the courier has no such public key"),
    "keys_unavailable": mark("the courier’s public keys could not be fetched"),
    "bad_mapping": mark("the account’s mapping cannot be used"),
    "vault_locked": mark("the account’s secrets cannot be opened"),
    "database_away": mark("the database was away"),
    "request_entity_too_large": mark("it is too long"),
    "not_json": mark("it is not JSON"),
    "json_too_deep": mark("it is nested too deep"),
    "internal_server_error": mark("we made a mistake"),
}
"""Why a webhook was not taken, in words; of anything else its code is said."""


@blueprint.get("/couriers")
@require_session("dispatcher")
def show() -> Response:
    """Every account; the silent ones first."""
    now, conn, theirs = clock.now(), connection(), caller().depots
    rows = [r for r in store.overview(conn, now) if theirs is None or r["depot_id"] in theirs]
    slugs = {row["slug"] for row in rows}
    return respond.page(
        "insight/couriers.html",
        caller=caller(),
        here="couriers",
        accounts=[account(row, now) for row in rows],
        held=orders.held(conn) if theirs is None else [],  # whole batches of a shipper's orders
        past=[gap(row) for row in store.past(conn, _PAST_SHOWN) if row["subject"] in slugs],
        when=When("UTC", now, language()),
        days=[dates.weekday(day, language(), "abbreviated") for day in range(1, 8)],
        number=partial(number_in, language()),
    )


class Cell(NamedTuple):
    """One hour of the week on the strip."""

    x: int
    y: int
    shade: float
    now: bool


@dataclass(frozen=True, slots=True)
class AccountView:
    """What the page says of one account."""

    slug: str
    courier: str
    when: When
    last_at: datetime | None
    silent: bool
    """It is silent beyond what is usual."""
    missing: int
    """In how many minutes something would usually have come since."""
    weeks: int
    cells: list[Cell]
    about: str
    """The strip in words."""
    refused: list[tuple[str, int]]
    quarantined: int
    codes: list[dict[str, Any]]
    more_codes: int


def account(row: dict[str, Any], now: datetime) -> AccountView:
    """One account as the page shows it."""
    zone = row["zone"] if row["weeks"] else row["timezone"]
    try:
        when = When(zone, now, language())
        here = hour_of_week(now, zone)
    except (KeyError, ValueError, OSError):  # an account with a wrong zone is shown all the same
        zone, when = "UTC", When("UTC", now, language())
        here = hour_of_week(now, zone)
    week = row["usual"] if row["weeks"] else _last_week(row, zone)
    codes = row["codes"] or []
    return AccountView(
        slug=row["slug"],
        courier=row["courier"],
        when=when,
        last_at=row["last_at"],
        silent=row["raised_at"] is not None,
        missing=_missing(row, now),
        weeks=row["weeks"],
        cells=strip(week, here),
        about=in_words(week),
        refused=[
            (said(REFUSED.get(code) or code.replace("_", " ")), number)
            for code, number in sorted((row["refused"] or {}).items())
        ],
        quarantined=row["quarantined"],
        codes=codes[:_CODES_SHOWN],
        more_codes=max(0, len(codes) - _CODES_SHOWN),
    )


def _missing(row: dict[str, Any], now: datetime) -> int:
    if not row["weeks"]:
        return 0
    rhythm = rules.Rhythm(row["zone"], row["weeks"], row["minutes"], row["active"])
    return round(rules.silence(rhythm, row["last_at"], now).expected)


def _last_week(row: dict[str, Any], zone: str) -> list[float]:
    """What came in the last seven days, by hour of the week; empty when nothing did."""
    week = [0.0] * HOURS
    for hour, events in zip(row["hours"] or (), row["events"] or (), strict=True):
        week[hour_of_week(hour, zone)] += events
    return week if any(week) else []


def strip(week: Sequence[float], here: int) -> list[Cell]:
    """The week as a strip of hours, each day a row; busier hours are darker."""
    most = math.log1p(max(week, default=0.0))
    if not most:
        return []
    return [
        Cell(
            slot % 24,
            slot // 24,
            round(_FAINT + (1 - _FAINT) * math.log1p(events) / most, 2),
            slot == here,
        )
        for slot, events in enumerate(week)
    ]


def in_words(week: Sequence[float]) -> str:
    """What the strip shows, for who cannot see it."""
    if not week:
        return ""
    busiest = max(range(HOURS), key=week.__getitem__)
    hour = busiest % 24
    return plain(
        "{number} events a week, most on {day} between {start} and {end}",
        number=number_in(language(), round(sum(week))),
        day=dates.weekday(busiest // 24 + 1, language()),
        start=f"{hour}:00",
        end=f"{(hour + 1) % 24}:00",
    )


class Gap(NamedTuple):
    """A silence that is over."""

    subject: str
    since: datetime
    lasted: str


def gap(row: dict[str, Any]) -> Gap:
    """One silence that is over, as the page shows it."""
    since = datetime.fromisoformat(row["facts"]["silent_since"])
    return Gap(row["subject"], since, length(row["ended_at"] - since, language()))

"""What a case's customer is offered, and whether a choice is still among it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Any, NamedTuple

from app.booking import leaving, nearby, points_store, refusals, rules, store, terms, waits_store
from app.booking import places_store as places
from app.booking.leaving import Leave, Leaving
from app.booking.rows import Booking, PickupPoint, Slot, WayBack
from app.booking.terms import Priced, Within
from app.booking.waits_store import Wait
from app.cases.model import Case
from app.db.connection import Connection
from app.db.together import Reads, first, together
from app.directory.rotas.model import Opening
from app.frozen import frozen
from app.languages import prices as written
from app.languages.language import Language
from app.shipments import opening

_DAYS = 14  # how far ahead is looked; a depot may be closed for a week


@frozen()
class Options:
    """What can be chosen now, earliest first; both empty when nothing can."""

    slots: list[Slot]
    pickup_points: list[PickupPoint]
    leaving: tuple[Leaving, ...] = ()
    """Who else can take a delivery than the customer."""
    way_back: WayBack | None = None
    """Sending it back, where nobody else has to decide that."""
    elsewhere: Within = Within.NO
    """To which other addresses it can be brought, without anybody's deciding it."""
    prices: Mapping[str, str] = field(default_factory=dict)
    """What is charged, by `Priced`; what is not named costs nothing."""
    changeable: bool = False
    """Whether something is booked, and can be taken back."""
    full: bool = False
    """Whether the depot brings parcels in this time, and every place is taken."""
    full_before: datetime | None = None
    """Where the first days are full: when the first slot begins that still has room."""

    def prices_in(self, language: Language) -> dict[str, str]:
        """What is charged, as it is written in this language."""
        return {name: written.said(price, language) for name, price in self.prices.items()}


class Known(NamedTuple):
    """How a case and its depot are, as far as it decides what can be chosen."""

    stands: Booking | None
    week: places.Week
    wait: Wait | None
    points: list[dict[str, Any]]
    here: nearby.At | None
    """Where the parcel goes, as far as that is known: the nearest points come first."""
    carrier: store.Carrier
    slots: list[Slot]


_FACTS: Reads = {
    "stands": store.STANDING,
    "week": places.WEEK,
    "wait": waits_store.OF_CASE,
    "carrier": store.CARRIER,
}
READS: Reads = {**_FACTS, "points": points_store.POINTS, "slots": places.SLOTS}
"""What is read of a case for it, with `case` and `now`."""
_CHOSEN: Mapping[str, Reads] = {
    "slot": {**_FACTS, "slots": places.SLOT},
    "point": {**_FACTS, "points": points_store.POINTS},
}
"""The same where a choice is made already, by its kind: no more than decides about it."""


def known(conn: Connection, case: Case, got: Mapping[str, Any]) -> Known:
    """The same, of what was read."""
    week = places.week(got["week"])
    (carrier,) = got["carrier"]
    slots, points = got.get("slots", []), got.get("points", [])
    if week.many_points and "points" in got:
        points = points_store.NEAR.read(conn, case=case.id)
        here = points_store.place(points)
    else:
        here = nearby.place_of(case.parcel.address, points)
    return Known(first(got["stands"]), week, first(got["wait"]), points, here, carrier, slots)


def know(conn: Connection, case: Case, now: datetime) -> Known:
    """The same, read by itself."""
    return known(conn, case, together(conn, READS, case=case.id, now=now))


def know_of(conn: Connection, case: Case, kind: str, number: int, now: datetime) -> Known:
    """As much of it as decides about one choice, such as `slot:<number>`."""
    got = together(conn, _CHOSEN.get(kind, _FACTS), case=case.id, now=now, slot=number)
    return known(conn, case, got)


def options(conn: Connection, case: Case, now: datetime, of: Known | None = None) -> Options:
    """What the case's customer can choose; makes the rows of new slots.

    Nothing for a case that is closed or set aside, a parcel that cannot be had, or a booking
    that can no longer be changed.
    """
    if case.closed or case.aside or not case.deliverable:
        return Options([], [])
    of = of or know(conn, case, now)
    if of.stands and of.stands.cutoff_at <= now:
        return Options([], [])
    windows = _windows(case, of.week, now)
    slots = _with_room(case, _slots(conn, case, windows, of.slots), now)
    full = bool(windows) and not slots
    later = rules.first_days_full(windows, slots, case.depot.zone)
    kept = places.slot(conn, case, of.wait.slot_id) if of.wait and of.wait.slot_id else None
    if kept and kept.cutoff_at > now and kept not in slots:
        slots = sorted([kept, *slots], key=lambda slot: slot.starts_at)
    points: list[PickupPoint] = []
    if case.kind.deliverable:  # what waits at one place is brought to no other
        points = [p for p in _points(case, of, now) if p.taken < p.capacity][: rules.SHOWN]
    shown = rules.a_few(slots, case.depot.zone)
    others = leaves(case, of) if shown else ()
    return Options(
        shown,
        points,
        leaving=others,
        way_back=way_back(case, of, now),
        elsewhere=elsewhere(case, of) if shown else Within.NO,
        prices=prices(of.carrier),
        changeable=of.stands is not None,
        full=full,
        full_before=later,
    )


def leaves(case: Case, of: Known) -> tuple[Leaving, ...]:
    """Who else than the customer can take a delivery of this case."""
    told = leaving.tells(of.carrier.connector)
    return leaving.offered(case.reason or "", of.carrier.refused, told=told)


def elsewhere(case: Case, of: Known) -> Within:
    """To which other addresses it can be brought by its account's terms and the courier's word.

    Where only its recipient may take it, at their door, somebody has to decide it.
    """
    refused = Leaving.ADDRESS in of.carrier.refused or of.carrier.elsewhere is False
    if refused or leaving.in_person(case.reason or "") or not case.kind.deliverable:
        return Within.NO
    return terms.read(of.carrier.terms).elsewhere


def may_leave(case: Case, of: Known, leave: Leave) -> bool:
    """Whether a delivery can be left so."""
    if leave.leaving is Leaving.ADDRESS and leave.address:
        return terms.brings_to(elsewhere(case, of), case.parcel.address, leave.address)
    return leave == leaving.TO_ME or leave.leaving in leaves(case, of)


def prices(carrier: store.Carrier) -> dict[str, str]:
    """What is charged, by what is chosen; the courier's word of this parcel goes first."""
    of_account = terms.read(carrier.terms).prices
    said = {Priced.REDELIVERY: carrier.price, **carrier.prices}
    return {**of_account, **{name: price for name, price in said.items() if price}}


def way_back(case: Case, of: Known, now: datetime) -> WayBack | None:
    """Sending the parcel back, where the account lets customers, and its courier does not refuse.

    Where the courier has no call for it, the depot's people see to it.
    """
    told, rules_of_account = of.carrier, terms.read(of.carrier.terms)
    if told.stays or told.takes_back is False or not rules_of_account.takes_back:
        return None
    return WayBack(*terms.going_back(rules_of_account, now, case.act_by, of.week.opening))


def with_room(conn: Connection, case: Case, now: datetime) -> list[Slot]:
    """The slots that can be had now, earliest first."""
    windows = _windows(case, places.read_week(conn, case, now), now)
    return _with_room(case, _slots(conn, case, windows), now)


def _with_room(case: Case, slots: Sequence[Slot], now: datetime) -> list[Slot]:
    until = case.return_by
    return [
        slot
        for slot in slots
        if slot.taken < slot.capacity
        and slot.cutoff_at > now
        and (until is None or slot.ends_at <= until)
    ]


def _slots(
    conn: Connection, case: Case, windows: list[rules.Window], known: Sequence[Slot] = ()
) -> list[Slot]:
    """The slots of these windows; rows are made when a window has none yet."""
    starts = sorted({window.starts_at for window in windows})
    by_start = {slot.starts_at: slot for slot in known or places.slots(conn, case, starts)}
    if any(at not in by_start for at in starts):
        places.make_slots(conn, case.depot_id, windows)
        by_start = {slot.starts_at: slot for slot in places.slots(conn, case, starts)}
    return [by_start[at] for at in starts if at in by_start]


def slot(case: Case, slot_id: int, now: datetime, of: Known) -> Slot:
    """A slot, full or not, if it is still offered: a depot may have closed the day since.

    Raises:
        Problem: no_such_option, cutoff_passed.
    """
    found = next((slot for slot in of.slots if slot.id == slot_id), None)
    if found is None or (case.return_by and found.ends_at > case.return_by):
        raise refusals.no_such_option(f"slot:{slot_id}")
    if found.cutoff_at <= now:
        raise refusals.cutoff_passed(found, case.zone)
    if all(window.starts_at != found.starts_at for window in _windows(case, of.week, now)):
        raise refusals.no_such_option(found.choice)
    return found


def pickup_point(case: Case, point_id: int, now: datetime, of: Known) -> PickupPoint:
    """A pickup point, full or not, if it still leaves time to fetch the parcel.

    Raises:
        Problem: no_such_option.
    """
    for point in _points(case, of, now) if case.kind.deliverable else ():
        if point.id == point_id:
            return point
    raise refusals.no_such_option(f"point:{point_id}")


def _windows(case: Case, week: places.Week, now: datetime) -> list[rules.Window]:
    return rules.windows(
        week.rules,
        week.opening,
        now,
        days=_DAYS,
        not_after=case.return_by,
    )


def _points(case: Case, of: Known, now: datetime) -> list[PickupPoint]:
    """The depot's pickup points that leave time to fetch the parcel, nearest first, full or not."""
    found = []
    depot = of.week.opening
    for row in of.points:
        if row["refused"]:
            continue
        spans = (row["ready_in"], row["keeps_for"])
        stay = rules.stay(*spans, now, case.return_by, depot, _opening(row, depot))
        if stay:
            facts = {name: row[name] for name in _OF_POINT}
            found.append(
                PickupPoint(**facts, starts_at=stay[0], ends_at=stay[1], away=_away(row, of.here))
            )
    return sorted(found, key=lambda p: (p.away is None, p.away, p.name, p.id))


_OF_POINT = (
    *("id", "depot_id", "name", "address", "hours", "ready_in", "keeps_for", "capacity", "taken"),
)


def _opening(row: Mapping[str, Any], depot: Opening) -> Opening:
    """When a point is open: on its depot's days, unless it says of holidays what it does itself."""
    point = opening.of_place(row["hours"], depot)
    own = frozenset(row["closed"])
    if row["keeps_holidays"] is None:
        return point._replace(closed=frozenset(point.closed) | own)
    return point._replace(
        closed=own,
        country=depot.country,
        region=depot.region,
        keeps_holidays=row["keeps_holidays"],
    )


def _away(row: Mapping[str, Any], here: nearby.At | None) -> float | None:
    """How many metres it is from the address; None where one of the two places is not known."""
    if here is None or row["latitude"] is None:
        return None
    return nearby.metres(here, nearby.At(row["latitude"], row["longitude"]))

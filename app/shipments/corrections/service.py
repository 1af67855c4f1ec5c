"""Verbs on corrections. They run inside the caller's transaction, unless they say otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.cases import service as cases
from app.cases.timeline.facts import Corrected, CorrectionAsked, CorrectionRefused
from app.chain import service as chain
from app.db.connection import Connection, transaction
from app.errors import Problem
from app.languages.language import mark
from app.languages.sentence import sentence
from app.shipments import store as shipments
from app.shipments.corrections import rules, store
from app.shipments.corrections.rules import Place
from app.shipments.corrections.store import Now
from app.shipments.sources import CORRECT, Correction


@dataclass(frozen=True, slots=True)
class Made:
    """Where the parcel goes now. `fresh` is False when it went there before."""

    version: int
    case_id: int | None
    address: Mapping[str, Any] | None
    directions: str | None
    fresh: bool


def correct(
    shipment_id: int, place: Place, by: str, now: datetime, *, seen: int | None = None
) -> Made:
    """Let a parcel go to this place, in a transaction of its own; saying it twice is once.

    `seen` is the version that whoever corrects it had before them.

    Raises:
        Problem: 404 no such parcel; 409 it was delivered, or somebody corrected it meanwhile.
    """
    with transaction() as conn:
        return _correct(conn, _lock(conn, shipment_id), place, by, now, seen)


def correct_parcel(
    shipper_id: int | None,
    tracking_number: str,
    place: Place,
    by: str,
    now: datetime,
) -> Made:
    """The same by tracking number, whatever stood there.

    Raises:
        Problem: 404 no such parcel; 409 it was delivered.
    """
    with transaction() as conn:
        shipment_id = _parcel(conn, shipper_id, tracking_number)
        return _correct(conn, _lock(conn, shipment_id), place, by, now, None)


def ask(
    conn: Connection, shipment_id: int, address: Mapping[str, Any], by: str, now: datetime
) -> bool:
    """A customer wants it brought elsewhere, which somebody has to agree to; False: as it is.

    What they ask takes the place of what they asked before. The caller sees that they get an
    answer.

    Raises:
        Problem: 404 no such parcel; 409 it was delivered, or nobody looks after it any more.
    """
    before = _lock(conn, shipment_id)
    if before.case_id is None:
        raise Problem(
            409, "case_closed", mark("This is over: it cannot be brought elsewhere from here.")
        )
    waits = store.asked(conn, shipment_id)
    if address in (before.address, waits.after["address"] if waits else None):
        return False
    store.settle(conn, shipment_id, "refused", by, now)
    after = before.said | {"address": dict(address)}
    version = store.insert(conn, before, after, by, now, state="asked")
    _tell(conn, before, CorrectionAsked(version=version), by, Correction.ASKED, now)
    return True


def answer_wish(
    shipper_id: int | None, tracking_number: str, why: str, by: str, now: datetime, *, agree: bool
) -> Now:
    """Agree to what a parcel's customer asked for, or refuse it; where it goes then.

    Raises:
        Problem: 404 no such parcel; 409 nothing is asked for any more, or it was delivered; 422
            it is refused without a reason.
    """
    with transaction() as conn:
        shipment_id = _parcel(conn, shipper_id, tracking_number)
        if agree:
            _agree(conn, shipment_id, by, now)
        else:
            _refuse(conn, shipment_id, why, by, now)
        return _lock(conn, shipment_id)


def agree(shipment_id: int, by: str, now: datetime) -> Made:
    """Let it go where the customer asked.

    Raises:
        Problem: 404 no such parcel; 409 nothing is asked for any more, or it was delivered.
    """
    with transaction() as conn:
        return _agree(conn, shipment_id, by, now)


def refuse(shipment_id: int, why: str, by: str, now: datetime) -> None:
    """It cannot go where the customer asked; they read why, and choose anew.

    Raises:
        Problem: 404 no such parcel; 409 nothing is asked for any more; 422 nobody says why.
    """
    with transaction() as conn:
        _refuse(conn, shipment_id, why, by, now)


def supplied(
    conn: Connection, shipment_id: int, phone: str, email: str, by: str, now: datetime
) -> None:
    """Let the order say a new number or address for mail, and keep what it said before."""
    before = store.lock(conn, shipment_id)
    shipments.supply(conn, shipment_id, phone, email, now)
    if before is not None:
        after = {**before.said, "phone": phone or before.phone, "email": email or before.email}
        if after != before.said:
            store.insert(conn, before, after, by, now)


def changed_by(conn: Connection, shipment_id: int) -> str | None:
    """Who corrected a parcel last; None where nobody did."""
    now = store.now_of(conn, shipment_id)
    return now.changed_by if now else None


def _agree(conn: Connection, shipment_id: int, by: str, now: datetime) -> Made:
    before = _lock(conn, shipment_id)
    waits = store.asked(conn, shipment_id)
    if waits is None:
        raise _nothing_asked()
    store.settle(conn, shipment_id, "agreed", by, now)
    made = _correct(conn, before, Place(waits.after["address"]), by, now, None)
    _follow(conn, before, Correction.AGREED, now)
    return made


def _refuse(conn: Connection, shipment_id: int, why: str, by: str, now: datetime) -> None:
    before = _lock(conn, shipment_id)
    if store.asked(conn, shipment_id) is None:
        raise _nothing_asked()
    why = rules.reason(why)
    store.settle(conn, shipment_id, "refused", by, now, why)
    _tell(conn, before, CorrectionRefused(why=why), by, Correction.REFUSED, now)


def _parcel(conn: Connection, shipper_id: int | None, tracking_number: str) -> int:
    shipment_id = shipments.latest(conn, shipper_id, tracking_number)
    if shipment_id is None:
        raise Problem(
            404,
            "no_such_parcel",
            sentence("No parcel {parcel} is known.", parcel=repr(tracking_number)),
        )
    return shipment_id


def _lock(conn: Connection, shipment_id: int) -> Now:
    found = store.lock(conn, shipment_id)
    if found is None:
        raise Problem(404, "no_such_parcel", mark("There is no such parcel."))
    if found.delivered_at:
        raise Problem(
            409, "parcel_delivered", mark("The parcel was delivered; it goes nowhere else.")
        )
    return found


def _correct(
    conn: Connection, before: Now, place: Place, by: str, now: datetime, seen: int | None
) -> Made:
    address = before.address if place.address is None else dict(place.address)
    directions = before.directions
    if place.directions is not None:
        directions = place.directions or None
    if (address, directions) == (before.address, before.directions):
        return Made(before.version, before.case_id, address, directions, fresh=False)
    if seen is not None and seen != before.version:
        raise Problem(
            409,
            "corrected_meanwhile",
            sentence(
                "Meanwhile it was corrected by {who}. Please look at it as it is now.",
                who=before.changed_by,
            ),
            version=before.version,
        )
    new = dict(place.address) if address != before.address and place.address is not None else None
    store.apply(conn, before.shipment_id, new, place.directions, now)
    after = before.said | {"address": address, "directions": directions}
    version = store.insert(conn, before, after, by, now)
    facts = Corrected(
        version=version,
        address=address != before.address,
        directions=directions != before.directions,
    )
    _tell(conn, before, facts, by, Correction.MADE, now)
    wish = store.asked(conn, before.shipment_id)
    if wish and wish.after["address"] == address:  # by another way than the button for it
        store.settle(conn, before.shipment_id, "agreed", by, now)
        _follow(conn, before, Correction.AGREED, now)
    return Made(version, before.case_id, address, directions, fresh=True)


def _tell(
    conn: Connection,
    parcel: Now,
    facts: Corrected | CorrectionAsked | CorrectionRefused,
    by: str,
    outcome: Correction,
    now: datetime,
) -> None:
    """Write it into the open case, and let the chain follow."""
    if parcel.case_id:
        cases.note(conn, [cases.Entry(parcel.case_id, facts, by)], now)
        _follow(conn, parcel, outcome, now)


def _follow(conn: Connection, parcel: Now, outcome: Correction, now: datetime) -> None:
    case = cases.lock(conn, parcel.case_id) if parcel.case_id else None
    if case is not None and not case.closed:
        chain.follow(conn, [chain.Happened(case, CORRECT, outcome)], now)


def _nothing_asked() -> Problem:
    return Problem(409, "nothing_to_agree", mark("Nobody waits for another address any more."))

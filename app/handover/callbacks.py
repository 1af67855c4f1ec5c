"""What a courier's own system says, unasked, of a booking."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from app.booking import service as booking
from app.booking.rows import BookingState
from app.cases import service as cases
from app.chain import wake
from app.db.connection import Connection, after_commit
from app.errors import Problem
from app.handover import acts_store as acts
from app.handover import connectors, service, store
from app.handover.acts_store import NewAct
from app.handover.connectors.http import words as one_line


class Heard(NamedTuple):
    """What it says of the booking that `reference` names."""

    confirmed: bool
    """False: refused."""
    reference: str
    ref: str = ""
    code: str = ""
    words: str = ""


def hear(conn: Connection, account_id: int, heard: Heard, now: datetime) -> str:
    """Let it count, and say how the booking stands then.

    A late confirmation of what was withdrawn is answered with the truth, and withdrawn again.

    Raises:
        Problem: 404, the account has nothing of this name.
    """
    named = acts.by_reference(conn, account_id, heard.reference)
    booking_id = (
        named["booking_id"] if named else store.by_tracking(conn, account_id, heard.reference)
    )
    found = booking.find(conn, booking_id) if booking_id else None
    case = cases.lock(conn, found.case_id) if found else None
    if found is None or case is None:
        raise Problem(404, "unknown_reference", "This account has no booking of this name.")
    named = named or acts.push_of(conn, account_id, found.id)
    stands = booking.standing(conn, case.id)
    if stands is None or stands.id != found.id or case.closed:
        if heard.confirmed and named:
            again = NewAct(
                case.id,
                found.id,
                account_id,
                named["connector"],
                "withdraw",
                named["key"],
                heard.ref or named["ref"],
            )
            acts.insert(conn, [again], now)
            after_commit(wake.soon)
        return "withdrawn" if heard.confirmed else _state(conn, found.id)
    courier = connectors.title(named["connector"]) if named else "The courier"
    ref, words = one_line(heard.ref), one_line(heard.words)
    if heard.confirmed:
        service.confirm(conn, case, found.id, courier, now, ref=ref, courier=courier)
    else:
        code = one_line(heard.code) or "refused"
        service.refuse(conn, case, found.id, courier, now, code=code, words=words, courier=courier)
    return _state(conn, found.id)


def _state(conn: Connection, booking_id: int) -> str:
    found = booking.find(conn, booking_id)
    if found is None or found.state is not BookingState.STANDING:
        return str(found.state) if found else "unknown"
    return "confirmed" if found.confirmed_at else "asked"

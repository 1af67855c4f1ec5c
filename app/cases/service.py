"""Verbs on cases: the only way by which a case changes.

Everything here runs inside the caller's transaction, and on cases that it has locked: what is
written follows from what was read. Every verb returns the case as it is then.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from app.cases import rules, store
from app.cases.model import Case, CaseState, Contact, Report, Resolution, ReturnClock
from app.cases.timeline.facts import NotReceived
from app.cases.timeline.kinds import Actor
from app.cases.timeline.rows import Entry as Entry  # noqa: PLC0414 - callers note through this
from app.cases.timeline.rows import Recorded, kind_of, read, stored
from app.db.connection import Connection

_CONTACT = (
    *("contact_phone", "contact_line", "contact_email", "contact_fault", "contact_call"),
    *("channel", "choose_by"),
)
_ANSWERS = ("acknowledged_at", "acknowledged_by")
_ROUND = ("state", "round", "choose_by", "news_by", *_ANSWERS)
_RETURN_CLOCK = ("courier_act", "courier_acts_at", "change_by", "return_by")
_REPORT = ("kind", "reason", "fault", "words")
_BEGINNING = ("opened_at", "return_by", "aside_until")
"""What the verbs write, by columns."""


def note(conn: Connection, entries: Sequence[Entry], now: datetime) -> None:
    """Write timeline entries, all in one statement."""
    if entries:
        written = [(e.case_id, kind_of(e.facts), e.actor, stored(e.facts)) for e in entries]
        store.insert_timeline(conn, written, now)


def take_back_note(conn: Connection, case_id: int, by: str, at: datetime) -> bool:
    """Somebody takes back what they noted a moment ago; whether there was such a note."""
    return store.remove_note(conn, case_id, by, at)


def timeline(conn: Connection, case_id: int) -> list[Recorded]:
    """All that happened to a case, oldest first."""
    return recorded(store.read_timeline(conn, case_id))


def recorded(rows: Iterable[dict[str, Any]]) -> list[Recorded]:
    """Rows of `store.TIMELINE` as what happened."""
    return [Recorded(row["at"], row["actor"], read(row["kind"], row["facts"])) for row in rows]


def lock(conn: Connection, case_id: int) -> Case | None:
    """The case with its row locked until the transaction ends; None if there is none.

    Acknowledge, escalate, rebook and close all begin here, so the loser sees the truth.
    """
    return next(iter(store.lock(conn, [case_id])), None)


def contact_checked(
    conn: Connection, checked: Sequence[tuple[Case, Contact, datetime]], now: datetime
) -> list[Case]:
    """How the recipients can be reached, and until when they can choose."""
    after = [
        rules.contact_checked(case, contact, choose_by) for case, contact, choose_by in checked
    ]
    store.write(conn, after, _CONTACT, now)
    return after


def hears_first_by(conn: Connection, case: Case, channel: str, now: datetime) -> Case:
    """The customer hears by this channel first."""
    after = replace(case, channel=channel)
    store.write(conn, [after], ("channel",), now)
    return after


def all_hear_first_by(conn: Connection, channel: str, recipient: str) -> None:
    """The same for all open cases of who has this number or address."""
    store.hear_first_by(conn, channel, recipient)


def hold_with(conn: Connection, case_id: int, recipient: str) -> None:
    """Lock a case and all open ones of who has this number or address, before any is locked."""
    store.hold_with(conn, case_id, recipient)


def acknowledged(conn: Connection, case: Case, by: str, now: datetime) -> Case:
    """Somebody answers for the case."""
    after = replace(case, acknowledged_at=now, acknowledged_by=by)
    store.write(conn, [after], _ANSWERS, now)
    return after


def released(conn: Connection, case: Case, now: datetime) -> Case:
    """Who answered for the case has passed it on; nobody answers for it at the moment."""
    after = replace(case, acknowledged_at=None, acknowledged_by=None)
    store.write(conn, [after], _ANSWERS, now)
    return after


def booked(conn: Connection, case: Case, news_by: datetime, now: datetime) -> Case:
    """A promise stands; the customer hears by `news_by` how it went."""
    after = replace(case, state=CaseState.BOOKED, news_by=news_by)
    store.write(conn, [after], ("state", "news_by"), now)
    return after


def informed(
    conn: Connection, told: Sequence[tuple[Case, datetime | None]], now: datetime
) -> list[Case]:
    """The customers were told something: `(case, news_by)`, None promises no other hour."""
    after = [rules.informed(case, news_by, now) for case, news_by in told]
    changed = [new for new, (case, _) in zip(after, told, strict=True) if new != case]
    store.write(conn, changed, ("state", "informed_at", "news_by"), now)
    return after


def promise_broken(conn: Connection, broken: Sequence[Case], now: datetime) -> list[Case]:
    """What was booked did not happen: the next round begins."""
    after = [rules.new_round(case, now) for case in broken]
    store.write(conn, after, _ROUND, now)
    return after


def choose_again(conn: Connection, case: Case, news_by: datetime, now: datetime) -> Case:
    """What was booked is not to be had: the customer chooses anew, and hears by `news_by`."""
    after = rules.choose_again(case, news_by, now)
    store.write(conn, [after], ("state", "choose_by", "news_by"), now)
    return after


def reported_anew(
    conn: Connection, reports: Sequence[tuple[Case, Report]], now: datetime
) -> list[Case]:
    """The courier reports something else of these parcels: the next round begins."""
    after = [rules.reported(rules.new_round(case, now), report, now) for case, report in reports]
    store.write(conn, after, (*_REPORT, *_ROUND), now)
    return after


def return_clock_set(
    conn: Connection, known: Sequence[tuple[Case, ReturnClock]], now: datetime
) -> list[Case]:
    """What the courier is going to do with these parcels by itself is known, or known anew."""
    after = [rules.return_clock_set(case, hours) for case, hours in known]
    store.write(conn, after, _RETURN_CLOCK, now)
    return after


def page_key_renewed(conn: Connection, case: Case, key: bytes, now: datetime) -> Case:
    """A new link is given out for the customer's page; no former one opens it any more."""
    after = replace(case, page_key=key, page_key_at=now)
    store.write(conn, [after], ("page_key", "page_key_at"), now)
    return after


def set_aside(conn: Connection, old: Sequence[tuple[Case, datetime]], now: datetime) -> list[Case]:
    """These are old news: `(case, until)` when a person can begin them."""
    after = [replace(case, aside_until=until) for case, until in old]
    store.write(conn, after, ("aside_until",), now)
    return after


def begun(
    conn: Connection, case: Case, return_by: datetime, now: datetime, report: Report | None = None
) -> Case:
    """What was set aside begins, as if it had come now; with what the courier says meanwhile."""
    after = rules.begun(rules.reported(case, report, now) if report else case, return_by, now)
    store.write(conn, [after], (*_REPORT, *_BEGINNING), now)
    return after


def sent_again(conn: Connection, case: Case, return_by: datetime, now: datetime) -> Case:
    """The shipper has the parcel brought once more: the next round begins."""
    after = rules.sent_again(case, return_by, now)
    store.write(conn, [after], ("kind", *_RETURN_CLOCK, *_ROUND), now)
    return after


def close(conn: Connection, case: Case, resolution: Resolution, actor: str, now: datetime) -> bool:
    """Close the case and drop what waits; what follows is the chain's, see `chain.close`.

    False when it was closed already.
    """
    return store.close(conn, case.id, resolution, actor, now)


def not_received(
    conn: Connection, former: Case, request_id: str, now: datetime
) -> tuple[Case, bool]:
    """The case of a parcel that its customer does not have, though it was delivered; locked.

    It is opened beside the `former` one, which stays as it ended; whether it is new. What is asked
    of the courier's word is whether the parcel is open again, so nobody opens two.
    """
    known = store.open_of_shipment(conn, former.shipment_id)
    case_id = known or store.open_not_received(conn, former, request_id, now)
    (case,) = store.lock(conn, [case_id])
    if known is None:
        facts = NotReceived(former_case=former.id, delivered_at=former.parcel.delivered_at)
        note(conn, [Entry(case_id, facts, Actor.CUSTOMER)], now)
    return case, known is None


def open_later(conn: Connection, case: Case) -> int | None:
    """The case of the same parcel that was opened after this one was closed, if there is one."""
    return store.open_of_shipment(conn, case.shipment_id)


def by_ids(conn: Connection, ids: Iterable[int]) -> dict[int, Case]:
    """Cases by id, without locks."""
    return {case.id: case for case in store.load(conn, list(ids))}

"""Verbs on disputed attempts. They run inside the caller's transaction, with the case locked."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import orjson

from app.booking import places_store
from app.booking import store as bookings
from app.booking.rows import Booking
from app.cases import service as cases
from app.cases.model import Case
from app.cases.timeline.facts import (
    AttemptDisputed,
    CourierFailed,
    CourierProgress,
    CourierRefused,
    DisputeSettled,
)
from app.cases.timeline.kinds import Actor
from app.cases.timeline.rows import Recorded
from app.db.connection import Connection, transaction
from app.disputes import rules, store
from app.disputes.evidence import Kind, Piece, Source, piece
from app.disputes.rules import Attempt, Scan
from app.disputes.store import Dispute
from app.errors import Problem
from app.handover.rules import on_tour
from app.shipments.returning import service as returning

__all__ = ["Dispute", "Said", "attempt_of", "decide", "prove", "say", "settle"]

_LONGEST = 1000
_KEY = 16  # bytes


class Said(NamedTuple):
    """What the customer said of the last attempt; `fresh` is False when they said so before."""

    dispute: Dispute
    fresh: bool


def attempt_of(timeline: Sequence[Recorded]) -> Attempt | None:
    """The last attempt that the courier reports; None without any."""
    for entry in reversed(timeline):
        said = entry.facts
        if isinstance(said, CourierFailed | CourierRefused) and not said.late:
            return Attempt(said.event_id, said.at or entry.at, said.reason, said.code, said.words)
    return None


def say(conn: Connection, case: Case, words: str, now: datetime, *, came: bool) -> Said:
    """The customer says whether the courier came; saying it twice is once, and it can be changed.

    Where nobody came, the report is held against all that is known, and stands as disputed.

    Raises:
        Problem: 409 the case is closed, no attempt was reported, or somebody has decided it.
    """
    if case.closed:
        raise Problem(409, "case_closed", "There is nothing left to do here: this is closed.")
    timeline = cases.timeline(conn, case.id)
    attempt = attempt_of(timeline)
    if attempt is None:
        raise Problem(
            409, "no_attempt", "The courier hasn’t reported trying to deliver this parcel."
        )
    words = words.strip()[:_LONGEST]
    before = next((d for d in store.of_case(conn, case.id) if d.event_id == attempt.event_id), None)
    if before and before.state not in {"open", "agreed"}:
        raise Problem(409, "dispute_settled", "Somebody has decided this already.")
    if before and before.came == came and words in {"", before.said}:
        return Said(before, fresh=False)
    made = _made(conn, case, attempt, timeline, words, now, came=came)
    facts = AttemptDisputed(dispute_id=made.id, at=attempt.at, came=came, finding=made.finding)
    cases.note(conn, [cases.Entry(case.id, facts, Actor.CUSTOMER)], now)
    return Said(made, fresh=before is None or before.came != came)


def prove(
    conn: Connection,
    dispute: Dispute,
    words: str,
    photos: Sequence[tuple[str, bytes]],
    now: datetime,
) -> None:
    """Keep what a customer shows for having been there: a note, and `(name, picture)` of photos."""
    words = words.strip()[:_LONGEST]
    pieces = (
        [piece(Kind.NOTE, Source.CUSTOMER, now, {"words": words}, dispute.salt)] if words else []
    )
    for name, picture in photos:
        content = {"media_type": "image/jpeg"}
        pieces.append(
            piece(Kind.PHOTO, Source.CUSTOMER, now, content, dispute.salt, picture, photo=name)
        )
    store.add(conn, dispute.id, pieces, now)


def decide(case_id: int, dispute_id: int, by: str, why: str, now: datetime, *, true: bool) -> None:
    """The same as `settle`, in a transaction of its own.

    Raises:
        Problem: what `settle` refuses.
    """
    with transaction() as conn:
        case = cases.lock(conn, case_id)
        if case is None:
            raise Problem(404, "no_such_case", "There is no such case.")
        settle(conn, case, dispute_id, by, why, now, true=true)


def settle(
    conn: Connection, case: Case, dispute_id: int, by: str, why: str, now: datetime, *, true: bool
) -> Dispute:
    """Somebody found out whether the courier was there: `true` is that the customer is right.

    Raises:
        Problem: 404 there is no such dispute of this case; 409 it is settled.
    """
    found = store.find(conn, dispute_id)
    if found is None or found.case_id != case.id:
        raise Problem(404, "no_such_dispute", "There is no such dispute.")
    state = "accepted" if true else "rejected"
    if not store.settle(conn, dispute_id, state, by, why.strip()[:_LONGEST], now):
        raise Problem(409, "dispute_settled", "Somebody has decided this already.")
    facts = DisputeSettled(dispute_id=dispute_id, accepted=true, why=why.strip()[:_LONGEST])
    cases.note(conn, [cases.Entry(case.id, facts, by)], now)
    if not case.closed:
        returning.wind(conn, [case], now)
    settled = store.find(conn, dispute_id)
    assert settled is not None  # noqa: S101 - it is locked by its update
    return settled


def _made(
    conn: Connection,
    case: Case,
    attempt: Attempt,
    timeline: Sequence[Recorded],
    words: str,
    now: datetime,
    *,
    came: bool,
) -> Dispute:
    raw = store.body(conn, attempt.event_id)
    depot = places_store.read_week(conn, case, now).opening
    booked, scans = _booked(conn, case, attempt), _scans(timeline)
    checks = rules.checks(attempt, depot, booked, scans, _parsed(raw))
    new = Dispute(
        id=0,
        case_id=case.id,
        event_id=attempt.event_id,
        attempted_at=attempt.at,
        reason=attempt.reason,
        code=attempt.code,
        words=attempt.words,
        came=came,
        said=words,
        said_at=now,
        finding=rules.finding(checks),
        state="agreed" if came else "open",
        settled_at=None,
        settled_by=None,
        why="",
        salt=secrets.token_bytes(_KEY),
    )
    dispute_id = store.insert(conn, new)
    made = store.find(conn, dispute_id)
    assert made is not None  # noqa: S101 - it was just inserted
    report = {"reason": attempt.reason, "code": attempt.code, "words": attempt.words}
    pieces: list[Piece] = [
        piece(Kind.REPORT, Source.COURIER, attempt.at, report, made.salt, raw),
        piece(Kind.STATEMENT, Source.CUSTOMER, now, {"came": came, "words": words}, made.salt),
    ]
    for check in checks:
        content = {"check": check.check, "result": str(check.result), **check.found}
        pieces.append(piece(Kind.CHECK, Source.REKNOCK, now, content, made.salt))
    store.add(conn, dispute_id, pieces, now)
    return made


def _booked(conn: Connection, case: Case, attempt: Attempt) -> Booking | None:
    """What stood booked at the attempt."""
    last = bookings.latest(conn, case.id)
    return last if last and last.created_at < attempt.at else None


def _scans(timeline: Sequence[Recorded]) -> list[Scan]:
    progress = ((e.at, e.facts) for e in timeline if isinstance(e.facts, CourierProgress))
    return [Scan(said.at or at, on_tour(said.code, said.words)) for at, said in progress]


def _parsed(raw: bytes | None) -> object:
    """A courier's message; None of one that tells of several parcels, or that is no JSON."""
    try:
        body = orjson.loads(raw or b"null")
    except orjson.JSONDecodeError:
        return None
    return None if isinstance(body, list) and len(body) != 1 else body

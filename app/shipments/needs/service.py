"""Verbs on what helps at the door. The caller holds the transaction, and the case locked."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from app.cases import service as cases
from app.cases.model import Case
from app.cases.timeline.facts import DoorHelpSaid
from app.chain import service as chain
from app.db.connection import Connection
from app.db.together import first
from app.errors import Problem
from app.shipments.needs import rules, store
from app.shipments.sources import CORRECT, Correction


def say(
    conn: Connection,
    case: Case,
    needs: Collection[str],
    words: str,
    by: str,
    now: datetime,
    *,
    consent: bool,
) -> None:
    """Keep what helps, and pass it on; without anything it is forgotten, as far as we can.

    Raises:
        Problem: 409 the case is closed; what `rules.read` refuses.
    """
    if case.closed:
        raise Problem(409, "case_closed", "There is nothing left to do here: this is closed.")
    asked, words = rules.read(needs, words, consent=consent)
    before = first(store.OF_CASE.read(conn, case=case.id))
    if before and (before.needs, before.words) == (asked, words):
        return
    if asked or words:
        store.put(conn, case.shipment_id, asked, words, now)
    elif not store.forget(conn, case.shipment_id):
        return
    facts = DoorHelpSaid(withdrawn=not (asked or words))
    cases.note(conn, [cases.Entry(case.id, facts, by)], now)
    chain.follow(conn, [chain.Happened(case, CORRECT, Correction.MADE)], now)

"""Hands out the record of a disputed attempt, and says whether one is what was handed out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.cases import service as cases
from app.db.connection import Connection
from app.disputes import exports_store, record, store
from app.errors import Problem


def read(conn: Connection, case_id: int, dispute_id: int) -> dict[str, Any]:
    """The record as it is now.

    Raises:
        Problem: 404 there is no such dispute of this case.
    """
    dispute = store.find(conn, dispute_id)
    case = cases.by_ids(conn, [case_id]).get(case_id)
    if case is None or dispute is None or dispute.case_id != case_id:
        raise Problem(404, "no_such_dispute", "There is no such dispute.")
    return record.make(case, dispute, store.evidence(conn, [dispute_id]))


def hand_out(
    conn: Connection, case_id: int, dispute_id: int, by: str, now: datetime
) -> dict[str, Any]:
    """The record as it is now; that it was handed out is kept, with its seal.

    Raises:
        Problem: 404 there is no such dispute of this case.
    """
    made = read(conn, case_id, dispute_id)
    exports_store.add(conn, dispute_id, made["seal"], by, now)
    return made


def check(conn: Connection, given: Mapping[str, Any]) -> list[str]:
    """What is wrong with a record that somebody has, in words.

    It must fit itself, we must have handed it out, and what we have must still say the same.
    """
    found = record.faults(given)
    if found:
        return found
    export = exports_store.by_seal(conn, str(given["seal"]))
    if export is None:
        return ["We have handed out no record with this seal."]
    dispute = store.find(conn, export.dispute_id)
    if dispute is None:
        return ["What this record is of was deleted since."]
    now = read(conn, dispute.case_id, dispute.id)
    then, later = given["evidence"], now["evidence"][: len(given["evidence"])]
    forgotten = dispute.forgotten_at is not None
    if _stable(then, forgotten=forgotten) != _stable(later, forgotten=forgotten):
        return ["The evidence we have is not what it was when this was handed out."]
    return []


def _stable(evidence: Any, *, forgotten: bool) -> list[dict[str, Any]]:
    """A piece without its place in the chain, which begins anew when the dispute is settled.

    Of a customer who was forgotten we have the digests of what was said, and no more.
    """
    gone = {"link", "content", "photo"} if forgotten else {"link"}
    return [{k: v for k, v in piece.items() if k not in gone} for piece in evidence]

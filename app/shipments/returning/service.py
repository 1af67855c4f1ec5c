"""Verbs of the return clock. They run inside the caller's transaction, with the cases locked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.cases import service as cases
from app.cases.model import Case, CaseKind, ReturnClock
from app.db.connection import Connection
from app.shipments.returning import rules, store


def wind(conn: Connection, open_cases: Sequence[Case], now: datetime) -> list[Case]:
    """Work out what the couriers do next by themselves; the cases as they are then, in order.

    Only what failed has such hours: what is held says until when, the rest is not tried again.
    """
    failed = [case.id for case in open_cases if case.kind is CaseKind.FAILED and not case.closed]
    if not failed:
        return list(open_cases)
    hours = {row.case_id: _hours(row) for row in store.known(conn, failed, list(rules.KNOWN))}
    known = [(case, hours[case.id]) for case in open_cases if case.id in hours]
    wound = {case.id: case for case in cases.return_clock_set(conn, known, now)}
    return [wound.get(case.id, case) for case in open_cases]


def _hours(row: store.Known) -> ReturnClock:
    given = rules.read({**rules.KNOWN.get(row.courier, {}), **row.rules})
    zone, country, region = row.zone, row.country, row.region
    return rules.return_clock(given, row.attempts, row.last_attempt, zone, country, region)

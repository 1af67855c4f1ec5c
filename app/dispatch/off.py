"""Whoever confirmed a booking is told when it is off: they may have arranged for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.access import links
from app.booking import service as booking
from app.cases.model import Case
from app.channels import service as channels
from app.db.connection import Connection
from app.directory import store as directory
from app.dispatch import booking_texts, off_store, rules


def tell(conn: Connection, of: Sequence[Case], now: datetime) -> None:
    """Tell it once each; what is over anyway, or was never confirmed by people, is not told."""
    known = {case.id: case for case in of}
    drafts = []
    for off in off_store.confirmed_and_off(conn, list(known), now) if known else ():
        case = known[off.case_id]
        held, person = booking.find(conn, off.booking_id), directory.person(conn, off.person_id)
        if held is None or person is None:
            continue
        instead = booking.standing(conn, case.id) if case.booked else None
        link = links.url("task", off.task_id, person.id)
        subject, text = booking_texts.off(person.speaks, case, held, instead, link)
        drafts.append(
            channels.Draft(
                case_id=case.id,
                audience="dispatcher",
                topic=f"off-{off.task_id}",
                idempotency_key=f"task-{off.task_id}:off",
                routes=rules.routes(person, case.shipper.country),
                subject=subject,
                text=text,
                language=person.speaks.code,
                needs_case="any",
                not_after=held.ends_at,
                request_id=case.request_id,
            )
        )
    channels.enqueue(conn, drafts, now)

"""The relay: when no number reaches the recipient, the shipper is asked for one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.access import links
from app.cases import service as cases
from app.chain.engine import Again, Done, Result, Step
from app.channels import service as channels
from app.contact import rules
from app.db.connection import Connection


def request_contact(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result]:
    """Ask the shipper for a number that works, again each day, a few times."""
    drafts, notes = [], []
    results: list[Result] = []
    for step in steps:
        case, asked = step.case, step.data.get("asked", 0)
        if asked >= step.policy.body["ask_times"]:
            notes.append(cases.Entry(case_id=case.id, kind="contact_failed"))
            results.append(Done("unanswered"))
            continue
        routes = []
        if email := rules.check_email(case.shipper_email):
            routes.append(channels.Route("email", email))
        if phone := rules.check_number(case.shipper_phone, case.shipper_country).e164:
            routes.append(channels.Route("sms", phone))
        parcel = case.order_ref or case.tracking_number
        drafts.append(
            channels.Draft(
                case_id=case.id,
                audience="shipper",
                topic="contact",
                once_key=f"case-{case.id}:contact:{step.id}:{asked}",
                routes=routes,
                subject=f"We cannot reach the recipient of {parcel}",
                text=(
                    f"The delivery of {parcel} failed, and we have no number that reaches the "
                    f"recipient ({rules.WHY.get(case.contact_fault or '', 'it does not work')}). "
                    f"Please give us one here: {links.url('contact', case.id)}"
                ),
                request_id=case.request_id,
            )
        )
        notes.append(cases.Entry(case_id=case.id, kind="contact_requested"))
        results.append(Again(now + step.policy.seconds("ask_again"), {"asked": asked + 1}))
    channels.enqueue(conn, drafts, now)
    cases.note(conn, notes, now)
    return results

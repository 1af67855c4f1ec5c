"""A new link for a customer whose own has ended: it goes to the contact on record alone."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from app.access.own_pages import Opened
from app.cases import own_page, speech
from app.cases import service as cases
from app.cases.model import Case
from app.chain import policy
from app.channels import service as channels
from app.customer import notices
from app.customer.parts import RenderedMessage
from app.db.connection import transaction

_TOPIC = "link"
_MOST_A_DAY = 3
_A_DAY = timedelta(days=1)


def ask(opened: Opened, now: datetime) -> None:
    """Send the link that opens the page now; whoever asked learns nothing of whether one left.

    One that still opens the page is sent again as it is: an old link must not end a good one.
    """
    with transaction() as conn:
        case = cases.lock(conn, opened.case_id)
        if case is None:
            return
        lately = [
            message
            for message in channels.for_case(conn, case.id)
            if message["topic"] == _TOPIC and message["created_at"] > now - _A_DAY
        ]
        if len(lately) >= _MOST_A_DAY:
            return
        rules = policy.get(conn, case.policy_id)
        if own_page.over(case, rules.seconds("link_kept"), now):
            case = cases.page_key_renewed(conn, case, secrets.token_bytes(8), now)
        message = _message(case)
        draft = channels.Draft(
            case_id=case.id,
            audience="customer",
            topic=_TOPIC,
            idempotency_key=f"case-{case.id}:{_TOPIC}:{now.isoformat()}",
            routes=notices.routes(case),
            subject=message.subject,
            text=message.text,
            needs_case="any",
            language=speech.of(case).code,
            request_id=case.request_id,
        )
        channels.enqueue(conn, [draft], now)


def _message(case: Case) -> RenderedMessage:
    say = speech.about(case)
    return RenderedMessage(
        say("Your {shipper} parcel {parcel}: your new link"),
        say(
            "Your {shipper} parcel {parcel}: here is the new link that you asked for: {url}",
            url=own_page.url(case),
        ),
    )

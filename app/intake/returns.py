"""A parcel on its way back to its shop: what goes wrong with it is told to the shop by mail.

No customer waits for it at a door, so there is no case, and nobody is called.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.channels import service as channels
from app.channels import shipper as shippers
from app.channels.service import Draft
from app.db.connection import Connection
from app.intake.event import Account, Event
from app.intake.signatures import digest_of
from app.outbound import store as outbound

REASON = "return_parcel"
_OLD = timedelta(days=14)
"""What is older is no news, and nobody is written to about it."""


def warn(conn: Connection, account: Account, events: Sequence[Event], now: datetime) -> None:
    """Write to the shipper of returns in trouble, of each parcel once a day."""
    routes = shippers.routes(outbound.shipper(conn, account.shipper_id))
    drafts = []
    for event in events:
        if event.reason != REASON or (event.occurred_at or now) < now - _OLD:
            continue
        number, order = event.tracking_number, event.order_ref
        label = f"{order} ({number})" if order and order != number else number
        key = f"return:{digest_of([str(account.id), event.courier_ref])}:{now:%Y%m%d}"
        draft = Draft(
            case_id=0,
            audience="shipper",
            topic="return",
            idempotency_key=key,
            routes=routes,
            subject=f"Trouble with the return {label}",
            text=_text(label, event.words, account),
            needs_case="none",
            request_id=key,
        )
        drafts.append(draft)
    channels.enqueue(conn, drafts, now)


def _text(label: str, words: str, account: Account) -> str:
    said = f': "{words.rstrip(".")}"' if words else ""
    return (
        f"A courier ({account.slug}) reports trouble with the return {label}, which is on its "
        f"way back to you{said}. We call nobody about a return: please ask the courier or your "
        "customer."
    )

"""A parcel on its way back to its shop: what goes wrong with it is told to the shop by mail.

No customer waits for it at a door, so there is no case, and nobody is called.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.chain import policy
from app.channels import service as channels
from app.channels import shipper as shippers
from app.db.connection import Connection
from app.directory import store as directory
from app.intake import texts
from app.intake.event import Account, Event
from app.intake.signatures import digest_of
from app.outbound import store as outbound

REASON = "return_parcel"


def warn(conn: Connection, account: Account, events: Sequence[Event], now: datetime) -> None:
    """Write to the shipper of returns in trouble, of each parcel once a day.

    What is as old as its policy says is no news, and nobody is written to about it.
    """
    back = [event for event in events if event.reason == REASON]
    if not back:
        return
    shipper = outbound.shipper(conn, account.shipper_id)
    of = policy.get(conn, directory.policy_id(conn, account.shipper_id))
    drafts = []
    for event in back:
        if of.is_old(event.occurred_at, now):
            continue
        number, order = event.tracking_number, event.order_ref
        label = f"{order} ({number})" if order and order != number else number
        key = f"return:{digest_of([str(account.id), event.courier_ref])}:{now:%Y%m%d}"
        mail = texts.trouble(shipper, label, event.words, account.slug)
        drafts.append(shippers.about_no_case(shipper, "return", key, mail))
    channels.enqueue(conn, drafts, now)

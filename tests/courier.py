"""A courier for tests: signed Standard Webhooks of every kind, about any parcel."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from app import clock
from app.intake.couriers import standard_webhooks
from app.intake.event import Account

PHONE = "+17145554231"
"""A number that a text message reaches."""
LANDLINE = "+493090182000"


def said(
    kind: str = "failed",
    parcel: str = "P1",
    *,
    at: datetime | None = None,
    phone: str | None = PHONE,
    email: str | None = None,
    **data: Any,
) -> bytes:
    """What the courier says: the same arguments give the same bytes, and so the same event."""
    at = at or clock.now()
    body = {
        "type": f"delivery.{kind}",
        "timestamp": at.isoformat(),
        "data": {
            "tracking_number": parcel,
            "order_ref": f"ORD-{parcel}",
            "reason": None if kind != "failed" else "recipient_unavailable",
            "words": "Rang twice, nobody opened",
            "occurred_at": at.isoformat(),
            "recipient": {"name": "Kim Doe", "phone": phone, "email": email},
            "address": {"line1": "1 Elm St", "city": "Anaheim", "postcode": "92806"}
            | {"country": "US"},
        }
        | data,
    }
    return json.dumps(body).encode()


def signed(account: Account, raw: bytes) -> dict[str, str]:
    """The headers that prove it, made now on the machine's clocks."""
    proof = standard_webhooks.sign(account, raw, clock.machine_now())
    return {"Content-Type": "application/json"} | proof

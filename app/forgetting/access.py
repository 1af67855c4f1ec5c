"""Whoever asks what is kept of them gets all of it, by the same map that forgets them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.access import pseudonyms
from app.channels import packed_words
from app.db import packed
from app.db.connection import transaction
from app.directory import changes
from app.directory.changes import By
from app.forgetting import access_store, finding_store, rules, service
from app.forgetting.service import Asked

TITLES = {
    "shipments": "Your parcels",
    "cases": "Deliveries that failed",
    "timeline": "What happened, in order",
    "messages": "When and where we wrote",
    "message_words": "What we wrote",
    "questions": "What you asked",
    "reply_offers": "What you could answer",
    "bookings": "What was booked",
    "handover_acts": "What the courier was told of bookings",
    "courier_offers": "What the courier offered",
    "corrections": "Corrections of your address",
    "decisions": "What the shipper decided",
    "dispatch_tasks": "Tasks of the depot's staff",
    "disputes": "Attempts that you disputed",
    "dispute_evidence": "Evidence of these",
    "surveys": "How you rated it",
    "lookups": "Requests for your contact to the shipper",
    "wrong_contacts": "Numbers that are not yours",
    "case_delegates": "Who may choose for you",
    "webhook_deliveries": "What the shipper's system was told",
    "courier_events": "What the courier reported",
    "access_needs": "What helps you at the door",
    "photos": "Photos",
    "opt_outs": "Messages that you do not want",
    "customer_channels": "By which channel you prefer to hear",
    "inbound_messages": "When you wrote to us",
}
"""What people call it; what is not here is for machines only, and comes last under its own name."""
_NOT_SHOWN = frozenset({"steps", "step_runs", "parcel_words"})
_KEYS = frozenset({"page_key", "hash", "salt"})
"""What opens links and checks digests; it says nothing of anybody."""


def gather(asked: Asked, by: By, now: datetime) -> dict[str, Any]:
    """All that is kept of somebody; that it was asked for is remembered, under a pseudonym.

    Raises:
        Problem: 404 there is no such parcel; 422 this is no number or address.
    """
    with transaction() as conn:
        found = service.find(conn, asked)
        if asked.tracking_number and not found.parcels:
            raise service.no_such_parcel(asked.tracking_number)
        contacts = {one for parcel in found.parcels for one in rules.of_parcel(parcel)}
        written = rules.spellings(found.parcels, sorted(contacts | found.contacts))
        parcel_ids = [parcel.id for parcel in found.parcels]
        case_ids = finding_store.cases(conn, parcel_ids)
        ids = {
            "parcel": parcel_ids,
            "case": case_ids,
            "message": finding_store.to_customers(conn, case_ids),
            "dispute": finding_store.disputes(conn, case_ids),
        }
        every = (*written, *map(pseudonyms.of_contact, contacts | found.contacts))
        kept = {
            name: [_shown(name, row) for row in rows]
            for name, rows in access_store.everything(conn, ids, every)
            if rows and name not in _NOT_SHOWN
        }
        changes.record(
            conn, by, "access_request", (0, found.subject[:12]), None, {}, {"rows": len(kept)}, now
        )
    order = [name for name in TITLES if name in kept]
    return {
        "made_at": now,
        "contacts": sorted(contacts | found.contacts),
        "sections": {name: kept[name] for name in (*order, *(set(kept) - set(order)))},
        "others": "The shipper and the courier have records of their own; ask them for theirs.",
    }


def title(name: str) -> str:
    """What people call a section."""
    return TITLES.get(name, name.replace("_", " ").capitalize())


def _text(written: str) -> str:
    """What a courier posted, of its bytes in hex."""
    return packed.unpack(_bytes(written)).decode(errors="replace")


def _bytes(written: str) -> bytes:
    return bytes.fromhex(written.removeprefix("\\x"))


def _shown(name: str, row: Mapping[str, Any]) -> dict[str, Any]:
    if name == "message_words":
        row = packed_words.read({**row, "packed": row["packed"] and _bytes(row["packed"])})
    shown = {}
    for column, value in row.items():
        if value in (None, "", [], {}) or column in _KEYS:
            continue
        is_body = (name, column) == ("courier_events", "body")
        shown[column] = _text(value) if is_body else value
    return shown

"""A case that is nowhere kept, to say our texts of."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

from app.cases.model import Case, CaseKind, CaseState, Depot, Parcel, Shipper

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


def case(language: str | None = None, **other: Any) -> Case:
    """A failed delivery in Anaheim, with hours that no text of ours may say, or with `other`."""
    known: dict[str, Any] = {
        "id": 1,
        "kind": CaseKind.FAILED,
        "state": CaseState.INFORMED,
        "round": 1,
        "reason": "recipient_unavailable",
        "words": "Left at the shop",
        "opened_at": AT,
        "informed_at": AT,
        "news_by": AT + timedelta(hours=101),
        "choose_by": AT + timedelta(hours=103),
        "return_by": AT + timedelta(hours=105),
        "parcel": Parcel("P1", "ORD-1", None, None, [], [], None, language, 1, None, "failed"),
        "shipper": Shipper("Hollow Oak Books", "care@example.com", "+17145550100", "US"),
        "depot": Depot("Anaheim depot", "America/Los_Angeles", None),
    }
    known |= other
    every: dict[str, Any] = {field.name: known.get(field.name) for field in fields(Case)}
    return Case(**every)

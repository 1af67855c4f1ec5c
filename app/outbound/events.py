"""An event as it is posted: what the shipper may read of an entry of the timeline. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson

from app.cases import track
from app.cases.timeline import audience
from app.outbound.queue_store import Due

TEST = "test"


def name_of(due: Due) -> str:
    """The id that says which event it is, however often it is sent: `evt_` and a number."""
    return f"evt_{due.event_id}" if due.event_id else f"evt_test_{due.id}"


def body(due: Due, now: datetime) -> str | None:
    """The event as JSON; None when this shipper is not to read it, or it is there no more."""
    if due.kind == TEST:
        data: dict[str, Any] = {"case": None, "kind": TEST, "actor": "reknock", "facts": {}}
        return _document(due, TEST, now.isoformat(), data)
    if due.event is None or due.case is None:
        return None
    shown = audience.for_shipper([due.event])
    if not shown:
        return None
    event = shown[0]
    data = {name: event[name] for name in ("kind", "actor", "facts")}
    case = {**due.case, **track.of(due.case_id)}
    return _document(due, f"case.{due.kind}", event["at"], {"case": case, **data})


def _document(due: Due, kind: str, at: str, data: dict[str, Any]) -> str:
    document = {"type": kind, "timestamp": at, "data": {"event_id": name_of(due), **data}}
    return orjson.dumps(document).decode()

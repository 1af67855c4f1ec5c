"""How each courier's sample is turned into the failure of another shipment.

Paths are dotted; `{}` stands for the shipment's or the event's name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

Writer = Callable[[datetime, int], Any]
"""Writes a UTC time, less some units of the format's own resolution, the courier's way."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What to change in one courier's sample."""

    shipment: dict[str, str]
    """Where the shipment's ids stand."""
    event: dict[str, str] = field(default_factory=dict)
    """Where the event's id stands."""
    times: dict[str, Writer] = field(default_factory=dict)
    """Where the time of the event stands, and how it is written."""
    delivered: dict[str, Any] = field(default_factory=dict)
    """What makes it a delivery instead."""
    headers: dict[str, str] = field(default_factory=dict)
    """Static headers whose value the courier itself prescribes."""
    config: dict[str, Any] = field(default_factory=dict)
    """Adapter options for a new account."""


def epoch_ms(at: datetime, units: int) -> int:
    """Epoch milliseconds."""
    return int(at.timestamp() * 1000) - units


def iso_z(at: datetime, units: int) -> str:
    """RFC 3339 in UTC, to the second."""
    return f"{at - timedelta(seconds=units):%Y-%m-%dT%H:%M:%SZ}"


RECIPES: dict[str, Recipe] = {
    "onfleet": Recipe(
        shipment={
            "taskId": "task-{}",
            "data.task.id": "task-{}",
            "data.task.shortId": "{}",
            "data.task.trackingURL": "https://onf.lt/{}",
        },
        times={"time": epoch_ms, "data.task.completionDetails.time": epoch_ms},
        delivered={
            "triggerId": 3,
            "triggerName": "taskCompleted",
            "data.task.completionDetails.success": True,
            "data.task.completionDetails.failureReason": "NONE",
            "data.task.completionDetails.notes": "",
        },
    ),
    "easypost": Recipe(
        shipment={
            "result.id": "trk_{}",
            "result.tracking_code": "{}",
            "result.shipment_id": "shp_{}",
        },
        event={"id": "evt_{}"},
        times={
            "created_at": iso_z,
            "updated_at": iso_z,
            "result.updated_at": iso_z,
            "result.tracking_details.-1.datetime": iso_z,
        },
        delivered={
            "result.status": "delivered",
            "result.status_detail": "arrived_at_destination",
            "result.signed_by": "T USER",
            "result.tracking_details.-1.status": "delivered",
            "result.tracking_details.-1.status_detail": "arrived_at_destination",
            "result.tracking_details.-1.message": "Delivered",
            "result.tracking_details.-1.description": "Delivered",
        },
    ),
    "standard_webhooks": Recipe(
        shipment={
            "data.tracking_number": "{}",
            "data.order_ref": "ORD-{}",
            "data.tracking_url": "https://track.example.com/{}",
        },
        times={"timestamp": iso_z, "data.occurred_at": iso_z},
        delivered={"type": "delivery.delivered", "data.reason": None, "data.words": ""},
    ),
}

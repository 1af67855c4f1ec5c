"""How each courier's sample is turned into the failure of another shipment.

Paths are dotted; `{}` stands for the shipment's or the event's name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

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
    contact: dict[str, str] = field(default_factory=dict)
    """Where the recipient's `phone` and `email` stand, for a courier that tells them."""
    headers: dict[str, str] = field(default_factory=dict)
    """Static headers whose value the courier itself prescribes."""


def epoch_ms(at: datetime, units: int) -> int:
    """Epoch milliseconds."""
    return int(at.timestamp() * 1000) - units


def iso_z(at: datetime, units: int) -> str:
    """RFC 3339 in UTC, to the second."""
    return f"{at - timedelta(seconds=units):%Y-%m-%dT%H:%M:%SZ}"


def epoch_s(at: datetime, units: int) -> int:
    """Epoch seconds."""
    return int(at.timestamp()) - units


def compact_date(at: datetime, units: int) -> str:
    """YYYYMMDD in UTC."""
    return f"{at - timedelta(seconds=units):%Y%m%d}"


def compact_time(at: datetime, units: int) -> str:
    """HHMMSS in UTC."""
    return f"{at - timedelta(seconds=units):%H%M%S}"


def india(at: datetime, units: int) -> str:
    """Indian local time without a zone, ISO 8601."""
    return f"{_in_india(at, units):%Y-%m-%dT%H:%M:%S}"


def india_day_first(at: datetime, units: int) -> str:
    """Indian local time without a zone, DD MM YYYY HH:MM:SS."""
    return f"{_in_india(at, units):%d %m %Y %H:%M:%S}"


def london_day_first(at: datetime, units: int) -> str:
    """British local time without a zone, DD/MM/YYYY HH:MM:SS."""
    local = (at - timedelta(seconds=units)).astimezone(ZoneInfo("Europe/London"))
    return f"{local:%d/%m/%Y %H:%M:%S}"


def _in_india(at: datetime, units: int) -> datetime:
    return at.astimezone(ZoneInfo("Asia/Kolkata")) - timedelta(seconds=units)


_FEDEX = "output.completeTrackResults.0.trackResults.0"

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
        contact={"data.task.recipients.0.phone": "phone"},
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
            "result.carrier_detail.initial_delivery_attempt": iso_z,
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
    "custom": Recipe(
        shipment={
            "parcel.id": "tp-{}",
            "parcel.barcode": "{}",
            "parcel.refs.1.value": "ORD-{}",
            "parcel.link": "https://track.example.com/{}",
        },
        event={"scans.-1.no": "{}"},
        times={"scans.-1.at": london_day_first},
        delivered={"scans.-1.code": "POD", "scans.-1.text": "Handed over, signed by T USER"},
        contact={"parcel.to.mobile": "phone", "parcel.to.email": "email"},
    ),
    "aftership": Recipe(
        shipment={
            "msg.id": "trk-{}",
            "msg.tracking_number": "{}",
            "msg.title": "{}",
            "msg.order_number": "ORD-{}",
        },
        event={"event_id": "evt-{}"},
        times={"ts": epoch_s, "msg.checkpoints.-1.checkpoint_time": iso_z},
        delivered={
            "msg.tag": "Delivered",
            "msg.subtag": "Delivered_001",
            "msg.subtag_message": "Delivered",
            "msg.checkpoints.-1.message": "Delivered, Front Door",
            "msg.checkpoints.-1.tag": "Delivered",
            "msg.checkpoints.-1.subtag": "Delivered_001",
        },
        contact={"msg.smses.0": "phone", "msg.emails.0": "email"},
    ),
    "shippo": Recipe(
        shipment={"data.tracking_number": "{}", "data.metadata": "Order {}"},
        times={"data.tracking_status.status_date": iso_z},
        delivered={
            "data.tracking_status.status": "DELIVERED",
            "data.tracking_status.substatus": None,
            "data.tracking_status.status_details": "Your shipment has been delivered.",
        },
    ),
    "shipengine": Recipe(
        shipment={
            "resource_url": "https://api.shipstation.com/v2/labels/se-{}/track",
            "data.tracking_number": "{}",
            "data.tracking_url": "https://www.fedex.com/fedextrack/?trackingnumber={}",
        },
        times={"data.events.0.occurred_at": iso_z, "data.events.0.carrier_occurred_at": iso_z},
        delivered={
            "data.status_code": "DE",
            "data.status_detail_code": "DELIVERED",
            "data.carrier_status_description": "Delivered",
            "data.events.0.status_code": "DE",
            "data.events.0.status_detail_code": "DELIVERED",
        },
    ),
    "seventeentrack": Recipe(
        shipment={"data.number": "{}", "data.tag": "ORD-{}"},
        times={
            "data.track_info.latest_event.time_utc": iso_z,
            "data.track_info.latest_event.time_iso": iso_z,
        },
        delivered={
            "data.track_info.latest_status.status": "Delivered",
            "data.track_info.latest_status.sub_status": "Delivered_Other",
            "data.track_info.latest_event.description": "Delivered",
            "data.track_info.latest_event.sub_status": "Delivered_Other",
        },
    ),
    "sendcloud": Recipe(
        shipment={
            "parcel.id": "{}",
            "parcel.tracking_number": "{}",
            "parcel.order_number": "ORD-{}",
            "parcel.tracking_url": "https://tracking.sendcloud.sc/forward?code={}",
        },
        times={"timestamp": epoch_ms, "carrier_status_change_timestamp": epoch_ms},
        delivered={"parcel.status.id": 11, "parcel.status.message": "Delivered"},
        contact={"parcel.telephone": "phone", "parcel.email": "email"},
    ),
    "uber_direct": Recipe(
        shipment={
            "delivery_id": "{}",
            "data.id": "{}",
            "data.external_id": "ORD-{}",
            "data.manifest.reference": "ORD-{}",
            "data.tracking_url": "https://www.ubereats.com/orders/{}",
        },
        event={"id": "evt_{}"},
        times={"created": iso_z},
        delivered={
            "status": "delivered",
            "data.status": "delivered",
            "data.undeliverable_action": None,
            "data.undeliverable_reason": None,
        },
        contact={"data.dropoff.phone_number": "phone"},
    ),
    "doordash_drive": Recipe(
        shipment={
            "external_delivery_id": "{}",
            "tracking_url": "https://track.doordash.com/order/{}/track",
        },
        times={"created_at": iso_z},
        delivered={"event_name": "DASHER_DROPPED_OFF", "cancellation_reason": None},
        contact={"dropoff_phone_number": "phone"},
    ),
    "ups": Recipe(
        shipment={"trackingNumber": "{}"},
        times={
            "gmtActivityDate": compact_date,
            "gmtActivityTime": compact_time,
            "localActivityDate": compact_date,
            "localActivityTime": compact_time,
        },
        delivered={
            "activityStatus.type": "D",
            "activityStatus.code": "FS",
            "activityStatus.description": "Delivered",
            "activityStatus.descriptionCode": "011",
        },
        headers={"user-agent": "UPSPubSubTrackingService"},
    ),
    "fedex": Recipe(
        shipment={
            "output.completeTrackResults.0.trackingNumber": "{}",
            f"{_FEDEX}.trackingNumberInfo.trackingNumber": "{}",
            f"{_FEDEX}.additionalTrackingInfo.packageIdentifiers.0.values.0": "ORD-{}",
        },
        times={f"{_FEDEX}.scanEvents.0.date": iso_z},
        delivered={
            f"{_FEDEX}.latestStatusDetail.code": "DL",
            f"{_FEDEX}.latestStatusDetail.derivedCode": "DL",
            f"{_FEDEX}.latestStatusDetail.description": "Delivered",
            f"{_FEDEX}.latestStatusDetail.ancillaryDetails": [],
            f"{_FEDEX}.scanEvents.0.eventType": "DL",
            f"{_FEDEX}.scanEvents.0.exceptionCode": "",
            f"{_FEDEX}.scanEvents.0.exceptionDescription": "",
        },
    ),
    "dhl": Recipe(
        shipment={"shipments.0.id": "{}", "shipments.0.details.references.0.number": "ORD-{}"},
        times={"shipments.0.status.timestamp": iso_z},
        delivered={
            "shipments.0.status.statusCode": "delivered",
            "shipments.0.status.status": "DELIVERED",
            "shipments.0.status.description": "The shipment was delivered",
            "shipments.0.status.remark": "",
        },
    ),
    "shiprocket": Recipe(
        shipment={"awb": "{}", "order_id": "ORD-{}"},
        times={"current_timestamp": india_day_first},
        delivered={"current_status": "DELIVERED", "shipment_status": "DELIVERED"},
    ),
    "delhivery": Recipe(
        shipment={"Shipment.AWB": "{}", "Shipment.ReferenceNo": "ORD-{}"},
        times={"Shipment.Status.StatusDateTime": india},
        delivered={
            "Shipment.NSLCode": "EOD-38",
            "Shipment.Status.Status": "Delivered",
            "Shipment.Status.StatusType": "DL",
            "Shipment.Status.Instructions": "Delivered to consignee",
        },
    ),
    "karrio": Recipe(
        shipment={
            "data.id": "trk_{}",
            "data.tracking_number": "{}",
            "data.info.order_id": "ORD-{}",
        },
        times={"data.events.0.timestamp": iso_z},
        delivered={
            "data.status": "delivered",
            "data.delivered": True,
            "data.events.0.status": "delivered",
            "data.events.0.description": "Delivered",
            "data.events.0.reason": None,
        },
    ),
}

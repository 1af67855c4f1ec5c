"""17TRACK (v2 to v2.4).

| fact         | value                                                                         |
| ------------ | ----------------------------------------------------------------------------- |
| header       | `sign`: lower-case hex                                                        |
| algorithm    | plain SHA-256, no HMAC                                                        |
| signed       | `<raw body>/<API key>`; no timestamp                                          |
| event key    | number:carrier:time_utc:sub_status of the latest event (there is no event id) |
| fails        | DeliveryFailure_*; Exception_* except Delayed, Cancel                         |
| time         | latest_event.time_utc, else time_iso                                          |
| contact      | none                                                                          |
| config       | –                                                                             |
| unverified   | shipping_info.recipient_address: read when there                              |

`data.tag` is the shipper's own reference. TRACKING_STOPPED says nothing about the parcel.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any

from app.cases.model import Holding
from app.intake import reasons, signatures, times
from app.intake.couriers._place import address, parts
from app.intake.couriers._shape import Anything, Code, Shape, Text, event_key, moment, stamp, words
from app.intake.event import Account, Event, Incoming, Unreadable

KEY_FORM = "text"
HEADERS: tuple[str, ...] = ()

_HEADER = "sign"

_BY_SUB_STATUS = {
    "DeliveryFailure_Other": ("failed", "attempt_failed"),
    "DeliveryFailure_NoBody": ("failed", "recipient_unavailable"),
    "DeliveryFailure_Security": ("failed", "customs_hold"),
    "DeliveryFailure_Rejected": ("refused", "refused"),
    "DeliveryFailure_InvalidAddress": ("failed", "address_incorrect"),
    "Exception_Other": ("failed", "unknown"),
    "Exception_Returning": ("returned", "returned"),
    "Exception_Returned": ("returned", "returned_to_sender"),
    "Exception_NoBody": ("failed", "unable_to_locate"),
    "Exception_Security": ("failed", "customs_hold"),
    "Exception_Damage": ("damaged", "damaged"),
    "Exception_Rejected": ("refused", "refused"),
    "Exception_Delayed": ("warning", "delayed"),
    "Exception_Lost": ("lost", "lost"),
    "Exception_Destroyed": ("lost", "destroyed"),
    "Exception_Cancel": ("progress", "cancelled"),
    "InTransit_CustomsRequiringInformation": ("warning", "documents_missing"),
}
_BY_STATUS = {
    "NotFound": ("progress", "on_the_way"),
    "InfoReceived": ("progress", "on_the_way"),
    "InTransit": ("progress", "on_the_way"),
    "Expired": ("warning", "delayed"),
    "AvailableForPickup": ("held", "ready_for_pickup"),
    "OutForDelivery": ("progress", "on_the_way"),
    "DeliveryFailure": ("failed", "unknown"),
    "Delivered": ("delivered", "delivered"),
    "Exception": ("warning", "unknown"),
}


_BY_NUMBER = {
    "0": "NotFound",
    "10": "InTransit",
    "20": "Expired",
    "30": "AvailableForPickup",
    "35": "DeliveryFailure",
    "40": "Delivered",
    "50": "Exception",
}
"""The statuses of the first version, which stand in `data.track.e`."""


class _Tracking(Shape):
    event = Text("event", required=True)
    number = Text("data.number", required=True)
    carrier = Text("data.carrier")
    order = Text("data.tag")
    status = Code("data.track_info.latest_status.status")
    sub_status = Code("data.track_info.latest_status.sub_status")
    sub_words = Anything("data.track_info.latest_status.sub_status_descr")
    event_sub_status = Code("data.track_info.latest_event.sub_status")
    stage = Code("data.track_info.latest_event.stage")
    old = Code("data.track.e")
    time_utc = Anything("data.track_info.latest_event.time_utc")
    time_iso = Anything("data.track_info.latest_event.time_iso")
    place = Anything("data.track_info.latest_event.address")
    located = Text("data.track_info.latest_event.location", limit=200)
    words = Anything("data.track_info.latest_event.description")
    goal = Anything("data.track_info.shipping_info.recipient_address")


_TRACKING = _Tracking()


def verify(account: Account, incoming: Incoming) -> None:
    """Check sign over the raw body and one of the API keys."""
    given = signatures.require(incoming.headers, _HEADER)
    for secret in signatures.secrets(account):
        if signatures.same(_digest(incoming.raw, secret), given):
            return
    raise signatures.wrong(_HEADER)


def sign(account: Account, raw: bytes, at: datetime) -> dict[str, str]:  # noqa: ARG001
    """The headers 17TRACK sends."""
    return {_HEADER: _digest(raw, account.secrets[0])}


def translate(body: Any, account: Account, incoming: Incoming) -> list[Event]:
    """One event about one number, or none when 17TRACK stops following it."""
    told = body.get("event") if isinstance(body, dict) else None
    if told == "TRACKING_STOPPED":
        return []
    got = _TRACKING.read(body)
    sub_status = got["sub_status"] or got["event_sub_status"] or ""
    status = got["status"] or got["stage"] or _BY_NUMBER.get(got["old"] or "")
    status = status or sub_status.partition("_")[0]
    if not status:
        raise Unreadable("data.track_info.latest_status.status: missing")
    kind, reason = _BY_SUB_STATUS.get(sub_status) or _BY_STATUS.get(status, ("progress", "unknown"))
    kind, reason = reasons.judge(kind, reason, words(got["words"]), words(got["sub_words"]))
    times_told = [got["time_utc"], got["time_iso"]]
    if times.has_offset(got["time_iso"]):
        times_told.reverse()
    occurred_at, raw_time = moment(*times_told, zone=account.timezone)
    goal = got["goal"] if isinstance(got["goal"], dict) else {}
    return [
        Event(
            key=event_key(
                got["number"], got["carrier"], stamp(raw_time, incoming.raw), sub_status or status
            ),
            kind=kind,
            tracking_number=got["number"],
            courier_ref=got["number"],
            order_ref=got["order"],
            reason=reason,
            code=sub_status or status,
            words=words(got["words"], got["sub_words"]),
            occurred_at=occurred_at,
            raw_time=raw_time,
            address=address(
                line1=goal.get("street"),
                city=goal.get("city"),
                region=goal.get("state"),
                postcode=goal.get("postal_code"),
                country_of=goal.get("country"),
            ),
            held=Holding(
                address=parts(got["place"], "street", "postal_code", "city", "state")
                or got["located"]
            ),
        )
    ]


def _digest(raw: bytes, api_key: str) -> str:
    return sha256(raw + b"/" + api_key.encode()).hexdigest()

"""DHL Shipment Tracking Unified Push.

| fact         | value                                                                         |
| ------------ | ----------------------------------------------------------------------------- |
| header       | a static header and token that you set on subscribing                         |
| algorithm    | –                                                                             |
| signed       | nothing                                                                       |
| event key    | id:statusCode:timestamp:status (there is no event id)                         |
| fails        | status.statusCode failure                                                     |
| time         | status.timestamp, may lack a zone                                             |
| contact      | details.receiver's name; destination.address                                  |
| config       | –                                                                             |
| unverified   | why a delivery failed is free text, matched by a few phrases; the forms of    |
|              | details.receiver and details.references: both ways seen are read              |

A body may hold several shipments. Its events[] is history and never looked at.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.cases.model import Holding
from app.intake import reasons, signatures
from app.intake.couriers._place import address, parts
from app.intake.couriers._shape import (
    Anything,
    Code,
    Link,
    Rows,
    Shape,
    Text,
    clean,
    event_key,
    moment,
    stamp,
    words,
)
from app.intake.event import Account, Event, Incoming, Unreadable

KEY_FORM = ""
HEADERS = ("dhl-webhook-token",)

_BY_CODE = {
    "pre-transit": ("progress", "on_the_way"),
    "transit": ("progress", "on_the_way"),
    "delivered": ("delivered", "delivered"),
    "failure": ("failed", "unknown"),
    "unknown": ("progress", "unknown"),
}


class _Body(Shape):
    shipments = Rows("shipments", required=True)


class _Shipment(Shape):
    id = Text("id", required=True)
    code = Code("status.statusCode")
    status = Text("status.status", limit=500)
    description = Text("status.description", limit=500)
    remark = Text("status.remark", limit=500)
    timestamp = Anything("status.timestamp")
    point = Text("status.location.servicePoint.label", limit=200)
    located = Anything("status.location.address")
    receiver = Anything("details.receiver")
    references = Anything("details.references")
    place = Anything("destination.address")
    link = Link("serviceUrl")


_BODY, _SHIPMENT = _Body(), _Shipment()


def verify(account: Account, incoming: Incoming) -> None:
    """Check the agreed headers."""
    signatures.check_static_headers(account, incoming)


def sign(account: Account, raw: bytes, at: datetime) -> dict[str, str]:  # noqa: ARG001
    """The headers DHL sends."""
    return dict(account.headers)


def translate(body: Any, account: Account, incoming: Incoming) -> list[Event]:
    """One event for each shipment in the body."""
    return [
        _event(shipment, account, incoming.raw)
        for shipment in map(_SHIPMENT.read, _BODY.read(body)["shipments"])
    ]


def _event(got: dict[str, Any], account: Account, raw: bytes) -> Event:
    code = got["code"] or ""
    kind, reason = _BY_CODE.get(code.lower(), ("progress", "unknown"))
    if not code:
        raise Unreadable("status.statusCode: missing")
    kind, reason = reasons.judge(kind, reason, got["status"], got["description"], got["remark"])
    occurred_at, raw_time = moment(got["timestamp"], zone=account.timezone)
    return Event(
        key=event_key(got["id"], code, stamp(raw_time, raw), got["status"]),
        kind=kind,
        tracking_number=got["id"],
        courier_ref=got["id"],
        order_ref=_order(got["references"]),
        reason=reason,
        code=code,
        words=words(got["remark"], got["description"], got["status"]),
        occurred_at=occurred_at,
        raw_time=raw_time,
        name=_name(got["receiver"]),
        address=_address(got["place"]),
        tracking_url=got["link"],
        held=Holding(
            place=got["point"],
            address=parts(got["located"], "streetAddress", "postalCode", "addressLocality"),
        ),
    )


def _name(receiver: object) -> str | None:
    if not isinstance(receiver, dict):
        return None
    parts = (clean(receiver.get("givenName")), clean(receiver.get("familyName")))
    whole = clean(receiver.get("name")) or " ".join(filter(None, parts))
    return whole or clean(receiver.get("organizationName"))


def _order(references: object) -> str | None:
    """The number of the first reference, which may stand alone or in a list."""
    first = references[0] if isinstance(references, list) and references else references
    return clean(first.get("number")) if isinstance(first, dict) else None


def _address(place: object) -> dict[str, str | None] | None:
    if not isinstance(place, dict):
        return None
    return address(
        line1=place.get("streetAddress"),
        city=place.get("addressLocality"),
        postcode=place.get("postalCode"),
        country_of=place.get("countryCode"),
    )

"""AfterShip Tracking.

| fact         | value                                                                         |
| ------------ | ----------------------------------------------------------------------------- |
| header       | `aftership-hmac-sha256`: standard base64                                      |
| algorithm    | HMAC-SHA256, key = the secret as UTF-8                                        |
| signed       | the raw body; no timestamp                                                    |
| event key    | `event_id`                                                                    |
| fails        | tag AttemptFail; tag Exception except the delays 004, 005, 016 and 017        |
| time         | checkpoint_time of the last checkpoint: local, usually without offset         |
| contact      | customer_name, emails, smses (often empty)                                    |
| config       | –                                                                             |
| unverified   | destination_*: read when there                                                |

Only `tracking_update` is translated; a changed estimate (edd_revise) repeats an old tag.
A delivery with return_to_sender is the parcel's arrival back at the sender.
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
    Name,
    Shape,
    Text,
    event_key,
    moment,
    newest,
    stamp,
    words,
)
from app.intake.event import Account, Event, Incoming

KEY_FORM = "text"
HEADERS: tuple[str, ...] = ()

_HEADER = "aftership-hmac-sha256"

_BY_SUBTAG = {
    "AttemptFail_001": ("failed", "attempt_failed"),
    "AttemptFail_002": ("failed", "recipient_unavailable"),
    "AttemptFail_003": ("failed", "business_closed"),
    "Exception_001": ("failed", "undeliverable"),
    "Exception_002": ("failed", "moved"),
    "Exception_003": ("refused", "refused"),
    "Exception_004": ("warning", "customs_hold"),
    "Exception_005": ("warning", "delayed"),
    "Exception_006": ("failed", "payment_due"),
    "Exception_007": ("failed", "address_incorrect"),
    "Exception_008": ("failed", "not_collected"),
    "Exception_009": ("failed", "prohibited"),
    "Exception_010": ("returned", "returned"),
    "Exception_011": ("returned", "returned_to_sender"),
    "Exception_012": ("damaged", "damaged"),
    "Exception_013": ("lost", "lost"),
    "Exception_016": ("warning", "delayed"),
    "Exception_017": ("warning", "weather_delay"),
    "Exception_018": ("failed", "documents_missing"),
}
_BY_TAG = {
    "Pending": ("progress", "on_the_way"),
    "InfoReceived": ("progress", "on_the_way"),
    "InTransit": ("progress", "on_the_way"),
    "OutForDelivery": ("progress", "on_the_way"),
    "AttemptFail": ("failed", "unknown"),
    "Delivered": ("delivered", "delivered"),
    "AvailableForPickup": ("held", "ready_for_pickup"),
    "Exception": ("warning", "unknown"),
    "Expired": ("progress", "unknown"),
}


class _Tracking(Shape):
    event = Text("event", required=True)
    event_id = Text("event_id")
    ts = Anything("ts")
    id = Text("msg.id")
    number = Text("msg.tracking_number", required=True)
    tag = Code("msg.tag", required=True)
    subtag = Code("msg.subtag")
    message = Anything("msg.subtag_message")
    returning = Anything("msg.return_to_sender")
    order_number = Text("msg.order_number")
    order_id = Text("msg.order_id")
    name = Name("msg.customer_name")
    email = Text("msg.emails.0", limit=254)
    phone = Text("msg.smses.0", limit=40)
    city = Anything("msg.destination_city")
    region = Anything("msg.destination_state")
    postcode = Anything("msg.destination_postal_code")
    country = Anything("msg.destination_country_iso3")
    link = Link("msg.courier_tracking_link")
    pickup_place = Text("msg.pickup_location", limit=200)
    pickup_note = Text("msg.pickup_note", limit=200)
    first_scan = Anything("msg.checkpoints.0")
    last_scan = Anything("msg.checkpoints.-1")


_TRACKING = _Tracking()


def verify(account: Account, incoming: Incoming) -> None:
    """Check aftership-hmac-sha256 over the raw body."""
    signatures.check_hmac(account, incoming, _HEADER, encode=signatures.base64_text)


def sign(account: Account, raw: bytes, at: datetime) -> dict[str, str]:  # noqa: ARG001
    """The headers AfterShip sends."""
    return signatures.hmac_header(account, raw, _HEADER, encode=signatures.base64_text)


def translate(body: Any, account: Account, incoming: Incoming) -> list[Event]:
    """One event, or none when the message is no update of a tracking."""
    told = body.get("event") if isinstance(body, dict) else None
    if isinstance(told, str) and told != "tracking_update":
        return []
    got = _TRACKING.read(body)
    subtag = got["subtag"] or ""
    kind, reason = _BY_SUBTAG.get(subtag) or _BY_TAG.get(got["tag"], ("progress", "unknown"))
    if kind == "delivered" and got["returning"] is True:
        kind, reason = "returned", "returned_to_sender"
    scan = newest(got["first_scan"], got["last_scan"], "checkpoint_time", account.timezone)
    told_words = words(scan.get("message"), got["message"])
    kind, reason = reasons.judge(kind, reason, told_words)
    occurred_at, raw_time = moment(scan.get("checkpoint_time"), got["ts"], zone=account.timezone)
    return [
        Event(
            key=event_key(
                got["event_id"]
                or event_key(got["number"], got["tag"], subtag, stamp(raw_time, incoming.raw))
            ),
            kind=kind,
            tracking_number=got["number"],
            courier_ref=got["id"] or got["number"],
            order_ref=got["order_number"] or got["order_id"],
            reason=reason,
            code=subtag or got["tag"],
            words=told_words,
            occurred_at=occurred_at,
            raw_time=raw_time,
            name=got["name"],
            phone=got["phone"],
            email=got["email"],
            address=address(
                city=got["city"],
                region=got["region"],
                postcode=got["postcode"],
                country_of=got["country"],
            ),
            tracking_url=got["link"],
            held=Holding(
                place=got["pickup_place"],
                address=got["pickup_note"]
                or (None if got["pickup_place"] else parts(scan, "city", "state", "zip")),
            ),
        )
    ]

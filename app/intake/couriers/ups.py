"""UPS Track Alert.

| fact         | value                                                                         |
| ------------ | ----------------------------------------------------------------------------- |
| header       | `User-Agent: UPSPubSubTrackingService` and the credential you registered      |
| algorithm    | –                                                                             |
| signed       | nothing                                                                       |
| event key    | number:gmt time:type:code (there is no event id)                              |
| fails        | activityStatus.type X with a code that `_ups_codes` decides so; most of the   |
|              | 687 are warnings; a code that is not among them is one, unless its words say  |
|              | what failed; what else says in its words that it did, or waits to be collected |
| time         | gmtActivityDate and gmtActivityTime, else the local ones with gmtOffset       |
| contact      | none                                                                          |
| config       | –                                                                             |
| unverified   | the header of the credential: Authorization by default, any other by account  |

The user agent alone proves nothing: an account needs another header beside it. The same
two-character code means different things in UPS's other tables, so only the types X and D are
looked up; of the others the words decide whether it failed or waits to be collected.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.cases.model import Holding
from app.intake import reasons, signatures, times
from app.intake.couriers._place import parts
from app.intake.couriers._shape import Anything, Code, Shape, Text, event_key, stamp, words
from app.intake.couriers._ups_codes import EXCEPTIONS, NOT_DELIVERED
from app.intake.event import Account, Event, Incoming, SignatureRefused, Unreadable

KEY_FORM = ""
HEADERS = ("user-agent", "authorization")

USER_AGENT = "UPSPubSubTrackingService"


_BY_TYPE = {
    "D": ("delivered", "delivered"),
    "DO": ("progress", "on_the_way"),
    "DD": ("progress", "on_the_way"),
    "I": ("progress", "on_the_way"),
    "M": ("progress", "on_the_way"),
    "MV": ("progress", "cancelled"),
    "P": ("progress", "on_the_way"),
    "U": ("progress", "on_the_way"),
    "W": ("progress", "on_the_way"),
    "X": ("warning", "unknown"),
}


class _Activity(Shape):
    number = Text("trackingNumber", required=True)
    gmt_date = Text("gmtActivityDate")
    gmt_time = Text("gmtActivityTime")
    local_date = Text("localActivityDate")
    local_time = Text("localActivityTime")
    offset = Text("gmtOffset")
    type = Code("activityStatus.type")
    code = Code("activityStatus.code")
    located = Anything("activityLocation")
    words = Anything("activityStatus.description")


_ACTIVITY = _Activity()


def verify(account: Account, incoming: Incoming) -> None:
    """Check the agreed headers, of which one must be more than the user agent."""
    if not any(value for name, value in account.headers.items() if name != "user-agent"):
        raise SignatureRefused("no_secret", "This account has no credential to verify with.")
    signatures.check_static_headers(account, incoming)


def sign(account: Account, raw: bytes, at: datetime) -> dict[str, str]:  # noqa: ARG001
    """The headers UPS sends."""
    return dict(account.headers)


def translate(body: Any, account: Account, incoming: Incoming) -> list[Event]:
    """One event about one parcel."""
    got = _ACTIVITY.read(body)
    told, code = got["type"] or "", got["code"] or ""
    if not told and not code:
        raise Unreadable("activityStatus.type: missing")
    kind, reason = _BY_TYPE.get(told, ("progress", "unknown"))
    attempt = None
    if told == "X":
        kind, reason, attempt = EXCEPTIONS.get(code, (kind, reason, None))
    said = words(got["words"])
    kind, reason = reasons.judge(kind, reason, said)
    if kind == "delivered" and told == "D":
        kind, reason = reasons.told_on_the_way(said) or NOT_DELIVERED.get(code, (kind, reason))
    occurred_at = times.compact(got["gmt_date"], got["gmt_time"]) or times.compact(
        got["local_date"], got["local_time"], account.timezone, offset=got["offset"]
    )
    raw_time = " ".join(
        filter(None, (got["gmt_date"] or got["local_date"], got["gmt_time"] or got["local_time"]))
    )
    return [
        Event(
            key=event_key(got["number"], stamp(raw_time, incoming.raw), told, code),
            kind=kind,
            tracking_number=got["number"],
            courier_ref=got["number"],
            reason=reason,
            code=f"{told}/{code}" if code else told,
            words=said,
            attempt=attempt,
            occurred_at=occurred_at,
            raw_time=raw_time[:64],
            held=Holding(address=parts(got["located"], "city", "stateProvince", "postalCode")),
        )
    ]

"""UPS Track Alert.

| fact         | value                                                                         |
| ------------ | ----------------------------------------------------------------------------- |
| header       | `User-Agent: UPSPubSubTrackingService` and the credential you registered      |
| algorithm    | –                                                                             |
| signed       | nothing                                                                       |
| event key    | number:gmt time:type:code (there is no event id)                              |
| fails        | activityStatus.type X with a code of `EXCEPTIONS`; other codes of type X are  |
|              | warnings, as most of the 687 are                                              |
| time         | gmtActivityDate and gmtActivityTime, else the local ones with gmtOffset       |
| contact      | none                                                                          |
| config       | –                                                                             |
| unverified   | the header of the credential: Authorization by default, any other by account  |

The user agent alone proves nothing: an account needs another header beside it. The same
two-character code means different things in UPS's other tables, so only type X is looked up.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.intake import signatures, times
from app.intake.couriers._shape import Anything, Shape, Text, event_key, words
from app.intake.event import Account, Event, Incoming, SignatureRefused

KEY_FORM = ""
HEADERS = ("user-agent", "authorization")

USER_AGENT = "UPSPubSubTrackingService"


def _codes(codes: str, kind: str, reason: str) -> dict[str, tuple[str, str, int | None]]:
    return dict.fromkeys(codes.split(), (kind, reason, None))


EXCEPTIONS: dict[str, tuple[str, str, int | None]] = {
    "48": ("failed", "recipient_unavailable", 1),
    "KX": ("failed", "recipient_unavailable", 2),
    "49": ("failed", "recipient_unavailable", 3),
    "55": ("failed", "business_closed", 1),
    "G3": ("failed", "business_closed", 1),
    "L1": ("failed", "business_closed", 2),
    "AY": ("failed", "business_closed", 3),
    "51": ("failed", "payment_due", 1),
    "KZ": ("failed", "payment_due", 2),
    "52": ("failed", "payment_due", 3),
    "G7": ("failed", "identification_failed", 1),
    "FM": ("failed", "identification_failed", 2),
    "G8": ("failed", "identification_failed", 3),
    **_codes("PI IR IQ", "failed", "identification_failed"),
    **_codes("C4 7L YD", "failed", "recipient_unavailable"),
    **_codes("ZM", "failed", "business_closed"),
    **_codes("GB", "failed", "attempt_failed"),
    **_codes("95", "failed", "access_restricted"),
    **_codes("A7", "failed", "moved"),
    **_codes("DW AB", "failed", "unable_to_locate"),
    **_codes("A6 A8 AA AC AD AE AF AG AK AL AW", "failed", "address_incorrect"),
    **_codes("E1 FA H1 H2 H3 H4 H5 OJ YF", "failed", "address_incorrect"),
    **_codes("47", "failed", "out_of_area"),
    **_codes("84", "failed", "locker_unsuitable"),
    **_codes("89 2X 5R 6R", "failed", "to_pickup_point"),
    **_codes("AM AN AP AQ AS KQ KR KS KT 8H YE", "refused", "refused"),
    **_codes("KI", "refused", "payment_due"),
    **_codes("3N 6C", "returned", "not_collected"),
    **_codes("TU YJ", "returned", "address_incorrect"),
    **_codes("O4 DL KP UA UF I1 H8 PP YK", "returned", "returned"),
    **_codes("45 HR HE A1 A2 27 65 66", "damaged", "damaged"),
    **_codes("26 S9 TJ UO", "lost", "lost"),
    **_codes("8D BZ 1F", "lost", "destroyed"),
    **_codes("1E 2A 3D 6D 7V 7W 7X C5 DF DJ PZ", "warning", "weather_delay"),
    **_codes("AH AZ OL AT", "warning", "rescheduled"),
    **_codes("5G I5 ZP", "warning", "ready_for_pickup"),
    **_codes("DE E4 E8 E9 5 OI CN CP", "warning", "customs_hold"),
    **_codes("4 6 7 8 DC DR DU E3 EH EN", "warning", "delayed"),
    **_codes("39 72 MF UG Y7 T3 S7", "warning", "held"),
    **_codes("G4 G5 KY", "warning", "pickup_failed"),
}
"""Code → kind, reason, number of the attempt. From UPS's table "Package Exceptions"."""

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
    type = Text("activityStatus.type")
    code = Text("activityStatus.code")
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


def translate(body: Any, account: Account, incoming: Incoming) -> list[Event]:  # noqa: ARG001
    """One event about one parcel."""
    got = _ACTIVITY.read(body)
    told, code = got["type"] or "", got["code"] or ""
    kind, reason = _BY_TYPE.get(told, ("progress", "unknown"))
    attempt = None
    if told == "X":
        kind, reason, attempt = EXCEPTIONS.get(code, (kind, reason, None))
    occurred_at = times.compact(got["gmt_date"], got["gmt_time"]) or times.compact(
        got["local_date"], got["local_time"], account.timezone, offset=got["offset"]
    )
    raw_time = " ".join(
        filter(None, (got["gmt_date"] or got["local_date"], got["gmt_time"] or got["local_time"]))
    )
    return [
        Event(
            key=event_key(got["number"], raw_time, told, code),
            kind=kind,
            tracking_number=got["number"],
            courier_ref=got["number"],
            reason=reason,
            code=f"{told}/{code}" if code else told,
            words=words(got["words"]),
            attempt=attempt,
            occurred_at=occurred_at,
            raw_time=raw_time[:64],
        )
    ]

"""DoorDash Drive: its redelivery of a delivery that failed.

| fact         | value                                                                          |
| ------------ | ------------------------------------------------------------------------------ |
| asks         | `POST /drive/v2/deliveries/{old}/redelivery` with a new `external_delivery_id` |
| signs in     | a JWT of our own (HS256, `dd-ver: DD-JWT-V1`), five minutes                    |
| found again  | `GET /drive/v2/deliveries/{external_delivery_id}`, which is our key            |
| withdraws    | `PUT …/{external_delivery_id}/cancel`                                          |
| unverified   | the path of the redelivery; that it takes a window, so that the hour which     |
|              | it answers is held against the one that was chosen; where a refusal's reason   |
|              | stands                                                                         |

An id is unique: the same one twice is answered 409, or with the delivery that there is. Both mean
that it is there, and it is read.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from datetime import datetime, timedelta

import orjson

from app import clock
from app.handover.connectors.base import (
    NOT_OFFERED,
    UNKNOWN,
    Account,
    Ambiguous,
    Answer,
    Can,
    Choice,
    Confirmed,
    Connector,
    Field,
    NotFound,
    Over,
    Parcel,
    Refused,
    Unsent,
)
from app.handover.connectors.http import Granted, Http, Reply

_LASTS = timedelta(minutes=5)
_STANDS = frozenset(
    {
        "created",
        "confirmed",
        "scheduled",
        "enroute_to_pickup",
        "arrived_at_pickup",
        "picked_up",
        "enroute_to_dropoff",
        "arrived_at_dropoff",
        "delivered",
    }
)
_OVER = frozenset({"cancelled", "returned", "enroute_to_return", "arrived_at_return"})
_REFUSALS = (
    "delivery_not_valid_for_redelivery",
    "redelivery_creation_in_progress",
    "delivery_not_completed_or_cancelled",
    "redelivery_window_closed",
    "distance_too_long",
    "pickup_address_not_in_coverage",
    "delivery_address_not_in_coverage",
    "outside_of_delivery_time",
)
_IN_PROGRESS = "redelivery_creation_in_progress"
_CODES = (("code",), ("reason",), ("field_errors", 0, "error"), ("field_errors", 0, "code"))


class DoorDash:
    """One developer account."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._http = Http(account, sign_in=self._sign_in)

    def can(self, parcel: Parcel) -> Can:  # noqa: ARG002 - DoorDash does not say beforehand
        """Unknown."""
        return UNKNOWN

    def push(self, choice: Choice, key: str) -> Answer:
        """Deliver once more; pickup, address and parcel are those of the delivery that failed."""
        parcel = choice.parcel
        failed = parcel.courier_ref or parcel.tracking_number
        body = {
            "external_delivery_id": key,
            "dropoff_window": {
                "start_time": choice.starts_at.isoformat(),
                "end_time": choice.ends_at.isoformat(),
            },
            "dropoff_instructions": parcel.notes,
        }
        reply = self._http.call("POST", f"/drive/v2/deliveries/{failed}/redelivery", json=body)
        if reply.status == 409 and reply.at("code") == "duplicate_delivery_id":
            return self.check(choice, key, "")
        if reply.status == 404:
            return Refused("delivery_not_valid_for_redelivery", reply.text("message"))
        return _read(reply, choice, key)

    def check(self, choice: Choice, key: str, ref: str) -> Answer:  # noqa: ARG002 - the key is its id
        """The delivery with our id; there is none when DoorDash does not know it."""
        reply = self._http.get(f"/drive/v2/deliveries/{key}")
        if reply.status == 404:
            return NotFound()
        return _read(reply, choice, key)

    def cancel(self, choice: Choice, key: str, ref: str) -> Answer:  # noqa: ARG002 - the key is its id
        """Cancel the delivery; one that is over or was never there is withdrawn, too."""
        reply = self._http.call("PUT", f"/drive/v2/deliveries/{key}/cancel", json={})
        if reply.status == 404 or _over(reply):
            return Confirmed(key)
        if 400 <= reply.status < 500:
            if _over(self._http.get(f"/drive/v2/deliveries/{key}")):
                return Confirmed(key)
            return Refused(_code(reply) or "not_cancelable", reply.text("message"))
        return Ambiguous("not_understood")

    def correct(self, parcel: Parcel, key: str) -> Answer:  # noqa: ARG002 - the delivery that failed is over
        """Nothing: people do it."""
        return NOT_OFFERED

    def _sign_in(self, http: Http) -> Granted:  # noqa: ARG002 - nobody is asked
        account = self._account
        now = int(clock.machine_now().timestamp())
        claims = {
            "aud": "doordash",
            "iss": account["developer_id"],
            "kid": account["key_id"],
            "iat": now,
            "exp": now + int(_LASTS.total_seconds()),
        }
        header = {"alg": "HS256", "typ": "JWT", "dd-ver": "DD-JWT-V1"}
        signed = b".".join(map(_encoded, (orjson.dumps(header), orjson.dumps(claims))))
        mac = hmac.digest(_key(account["signing_secret"]), signed, hashlib.sha256)
        token = b".".join((signed, _encoded(mac))).decode()
        return Granted({"Authorization": f"Bearer {token}"}, _LASTS)


def _read(reply: Reply, choice: Choice, key: str) -> Answer:
    status = reply.at("delivery_status")
    if reply.ok and reply.at("external_delivery_id") == key:
        if status in _OVER:
            return Refused(reply.text("delivery_status"), reply.text("cancellation_reason"))
        if status in _STANDS:
            fits = _fits(reply.at("dropoff_time_estimated"), choice)
            return Confirmed(key) if fits else Ambiguous("another_hour")
    code = _code(reply)
    if code == _IN_PROGRESS:
        return Ambiguous(code)
    if code:
        return Refused(code, reply.text("message"))
    return Unsent(f"http_{reply.status}") if reply.status >= 400 else Ambiguous("not_understood")


def _fits(estimated: object, choice: Choice) -> bool:
    """Whether the hour that is expected, if one is said, lies in the window that was chosen."""
    if not isinstance(estimated, str) or not estimated:
        return True
    try:
        at = datetime.fromisoformat(estimated)
    except ValueError:
        return False
    return at.tzinfo is not None and choice.starts_at <= at <= choice.ends_at


def _code(reply: Reply) -> str:
    said = (reply.text(*path) for path in _CODES)
    return next((code for code in said if code in _REFUSALS), "")


def _over(reply: Reply) -> bool:
    return reply.ok and reply.at("delivery_status") in _OVER


def _encoded(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def _key(secret: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(secret + "=" * (-len(secret) % 4))
    except binascii.Error:
        raise Over(Unsent("credentials")) from None


CONNECTOR = Connector(
    name="doordash_drive",
    title="DoorDash Drive",
    opens=DoorDash,
    base="https://openapi.doordash.com",
    fields=(Field("developer_id"), Field("key_id"), Field("signing_secret", secret=True)),
)

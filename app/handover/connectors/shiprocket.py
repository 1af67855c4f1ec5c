"""Shiprocket: its action on a failed delivery ("NDR").

| fact         | value                                                                          |
| ------------ | ------------------------------------------------------------------------------ |
| asks         | `POST /v1/external/ndr/{awb}/action`, `action: re-attempt` or `return`         |
| signs in     | `POST /v1/external/auth/login`, a token for about ten days                     |
| found again  | `GET /v1/external/ndr/{awb}`, by our key within the comment                    |
| withdraws    | –                                                                              |
| unverified   | the answer of the action, a message without an id: so it is taken, and what    |
|              | became of it is read; where the comments stand, so they are looked for         |
|              | everywhere in the answer                                                       |

Who says nothing for 24 hours gets another attempt by Shiprocket itself.
"""

from __future__ import annotations

from datetime import timedelta

from app.booking.rows import BookingKind
from app.handover.connectors.base import (
    NOT_OFFERED,
    UNKNOWN,
    Account,
    Ambiguous,
    Answer,
    Asked,
    Can,
    Choice,
    Confirmed,
    Connector,
    Field,
    Parcel,
    Refused,
    Unsent,
)
from app.handover.connectors.http import Granted, Http, Reply, bearer

_TOKEN = timedelta(days=9)
_LOOK_AFTER = timedelta(minutes=10)


class Shiprocket:
    """One account at Shiprocket."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._http = Http(account, sign_in=self._sign_in)

    def can(self, parcel: Parcel) -> Can:  # noqa: ARG002 - Shiprocket does not say beforehand
        """Unknown."""
        return UNKNOWN

    def push(self, choice: Choice, key: str) -> Answer:
        """Another attempt on that day, with all that helps the driver; or back to the sender."""
        parcel = choice.parcel
        path = f"/v1/external/ndr/{parcel.tracking_number}/action"
        if choice.kind is BookingKind.RETURN:
            back = {"action": "return", "comments": f"The customer wants it sent back. [{key}]"}
            return _taken(self._http.call("POST", path, json=back), key)
        address = parcel.address
        wish = {
            "action": "re-attempt",
            "comments": f"{parcel.notes} [{key}]".strip(),
            "phone": parcel.phone[-10:] if parcel.phone.startswith("+91") else "",
            "address1": address.get("line1", ""),
            "address2": address.get("line2", ""),
            "deferred_date": choice.day.isoformat(),
        }
        body = {name: value for name, value in wish.items() if value}
        return _taken(self._http.call("POST", path, json=body), key)

    def check(self, choice: Choice, key: str, ref: str) -> Answer:
        """Whether our comment stands in the parcel's story."""
        reply = self._http.get(f"/v1/external/ndr/{choice.parcel.tracking_number}")
        if reply.ok and _holds(reply.body, f"[{key}]"):
            return Confirmed(key)
        if reply.ok and ref and reply.at("data") is not None:
            return Asked(ref, _LOOK_AFTER)
        return Ambiguous("not_found")

    def cancel(self, choice: Choice, key: str, ref: str) -> Answer:  # noqa: ARG002 - there is no such call
        """People do it."""
        return NOT_OFFERED

    def correct(self, parcel: Parcel, key: str) -> Answer:  # noqa: ARG002 - it goes with the next attempt
        """People do it; the next attempt carries what is right."""
        return NOT_OFFERED

    def _sign_in(self, http: Http) -> Granted:
        who = {"email": self._account["email"], "password": self._account["password"]}
        reply = http.call("POST", "/v1/external/auth/login", json=who, reads=True)
        return bearer(reply, "token", _TOKEN)


def _taken(reply: Reply, key: str) -> Answer:
    success = reply.at("success")
    if reply.ok and (success is True or reply.at("status") in {True, 200}):
        return Asked(key, _LOOK_AFTER)
    if success is False or (400 <= reply.status < 500 and reply.at("errors") is None):
        words = reply.text("message")
        return Refused("refused", words) if words else Ambiguous("not_understood")
    return Unsent(f"http_{reply.status}") if reply.status >= 400 else Ambiguous("not_understood")


def _holds(body: object, words: str) -> bool:
    """Whether these words stand anywhere in the answer."""
    if isinstance(body, dict):
        return any(_holds(value, words) for value in body.values())
    if isinstance(body, list):
        return any(_holds(value, words) for value in body)
    return isinstance(body, str) and words in body


CONNECTOR = Connector(
    name="shiprocket",
    title="Shiprocket",
    opens=Shiprocket,
    base="https://apiv2.shiprocket.in",
    fields=(Field("email"), Field("password", secret=True)),
    kinds=(BookingKind.REDELIVERY, BookingKind.RETURN),
    by_day=True,
)

"""Bring (Posten): the recipient's number and e-mail address are corrected; people confirm bookings.

| fact         | value                                                                          |
| ------------ | ------------------------------------------------------------------------------ |
| asks         | nothing: Bring publishes no call for another delivery or another day           |
| corrects     | phone number and e-mail, free and repeatable, in Norway, Sweden and Denmark    |
| signs in     | headers `X-MyBring-API-Uid` and `X-MyBring-API-Key`                            |
| left alone   | another address costs a fee that nobody has agreed to; stopping a parcel is    |
|              | its way back to the sender, and nothing here decides that                      |
| unverified   | path, fields and answer of the call, see below                                 |

Bring's own page (developer.bring.com/api/modify-delivery, as of November 2025) says what may be
corrected and when, and leaves path and fields to a file in its test system. Its older pages, from
before there was this call, stand under `/modify-delivery/` and name a parcel `shipmentNumber`. Only
a public client for PHP names the call: what it sends stands in `_CALL`, and answers are read as
either says them. Should an account be told 404, `_CALL` is what to change.
"""

from __future__ import annotations

from typing import NamedTuple

from app.handover.connectors.base import (
    Account,
    Ambiguous,
    Answer,
    Confirmed,
    Connector,
    CorrectionsOnly,
    Field,
    Parcel,
    Part,
    Refused,
    Unsent,
)
from app.handover.connectors.http import Http, Reply


class _Call(NamedTuple):
    path: str
    number: str
    contact: str
    phone: str
    email: str


_CALL = _Call(
    path="/modifydelivery/api/update-contact-details",
    number="consignmentNumber",
    contact="contact",
    phone="phoneNumber",
    email="email",
)
_PREFIXES = {"NO": "+47", "SE": "+46", "DK": "+45"}
_DONE = frozenset({"200", "201", "ok", "created", "accepted", "success"})


class Bring(CorrectionsOnly):
    """One user at Mybring."""

    def __init__(self, account: Account) -> None:
        who = {
            "X-MyBring-API-Uid": account["api_uid"],
            "X-MyBring-API-Key": account["api_key"],
            "X-Bring-Client-URL": account["client_url"],
        }
        self._http = Http(account, headers={name: value for name, value in who.items() if value})

    def correct(self, parcel: Parcel, key: str) -> Answer:  # noqa: ARG002 - Bring takes no key
        """Number and e-mail as they are now; what is left out stays as Bring has it."""
        prefix = _PREFIXES.get(parcel.address.get("country", ""))
        if prefix is None:
            return Refused("country", "Bring corrects parcels to Norway, Sweden and Denmark.")
        if parcel.phone and not parcel.phone.startswith(prefix):
            return Refused("phone_country", "Bring takes only numbers of the recipient's country.")
        known = {_CALL.phone: parcel.phone, _CALL.email: parcel.email}
        contact = {name: value for name, value in known.items() if value}
        if not contact:
            return Refused("no_contact", "There is neither a number nor an e-mail address.")
        body = {_CALL.number: parcel.tracking_number, _CALL.contact: contact}
        return _read(self._http.call("POST", _CALL.path, json=body))


def _read(reply: Reply) -> Answer:
    said = {reply.text("code"), reply.text("status").lower()} - {""}
    if reply.ok and said & _DONE:
        return Confirmed(reply.text("modificationId"))
    words = reply.text("message")
    if said and words:
        return Refused(reply.text("code") or reply.text("status"), words)
    return Unsent(f"http_{reply.status}") if reply.status >= 400 else Ambiguous("not_understood")


CONNECTOR = Connector(
    name="bring",
    title="Bring",
    opens=Bring,
    base="https://www.mybring.com",
    fields=(Field("api_uid"), Field("api_key", secret=True), Field("client_url", required=False)),
    kinds=(),
    corrects=frozenset({Part.CONTACT}),
)

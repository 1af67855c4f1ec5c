"""Uber Direct: a new delivery from the depot to the customer.

| fact         | value                                                                          |
| ------------ | ------------------------------------------------------------------------------ |
| asks         | `POST /v1/customers/{customer}/deliveries`                                     |
| signs in     | OAuth client credentials, scope `eats.deliveries`, about 30 days               |
| found again  | by `external_id`, which is our key, in the list of deliveries                  |
| withdraws    | `POST …/deliveries/{id}/cancel`                                                |
| limits       | 429 `customer_limited`                                                         |
| unverified   | that the list can be filtered by `external_id`: what is not in it may be there |

Every attempt of Uber's is a delivery of its own, which begins where the parcel lies. So an account
says where that is: `pickup_name`, `pickup_address` (one line) and `pickup_phone`.
"""

from __future__ import annotations

import json
from typing import Any

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
    Parcel,
    Refused,
    Unsent,
)
from app.handover.connectors.http import Granted, Http, Reply, bearer, words

_BASE = "https://api.uber.com"
_SIGN_IN = "https://auth.uber.com"
_NOTES = 280
_STANDS = frozenset({"pending", "pickup", "pickup_complete", "dropoff", "delivered"})
_OVER = frozenset({"canceled", "returned"})
_REFUSALS = frozenset(
    {
        "address_undeliverable",
        "address_undeliverable_limited_couriers",
        "couriers_busy",
        "dropoff_deadline_before_pickup_deadline",
        "dropoff_deadline_in_past",
        "dropoff_deadline_too_early",
        "dropoff_ready_after_pickup_deadline",
        "dropoff_window_too_small",
        "pickup_ready_too_early",
        "pickup_window_too_small",
        "unknown_location",
    }
)
"""Codes that say that this place or this time cannot be served."""


class UberDirect:
    """One customer of Uber Direct."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._http = Http(account, sign_in=self._sign_in)
        self._path = f"/v1/customers/{account['customer_id']}/deliveries"

    def can(self, parcel: Parcel) -> Can:  # noqa: ARG002 - a quote holds for 15 minutes only
        """Unknown."""
        return UNKNOWN

    def push(self, choice: Choice, key: str) -> Answer:
        """A new delivery with our key."""
        parcel = choice.parcel
        body = {
            "external_id": key,
            "idempotency_key": key,
            "pickup_name": self._account["pickup_name"],
            "pickup_address": self._account["pickup_address"],
            "pickup_phone_number": self._account["pickup_phone"],
            "dropoff_name": parcel.name,
            "dropoff_phone_number": parcel.phone,
            "dropoff_address": _address(parcel),
            "dropoff_ready_dt": choice.starts_at.isoformat(),
            "dropoff_deadline_dt": choice.ends_at.isoformat(),
            "dropoff_notes": parcel.notes[:_NOTES],
            "manifest_reference": parcel.tracking_number,
            "manifest_items": [{"name": "Parcel", "quantity": 1, "size": "medium"}],
        }
        reply = self._http.call("POST", self._path, json=body)
        if reply.status == 409:  # it has one like this: ours, if it carries our key
            return self.check(choice, key, reply.text("metadata", "delivery_id"))
        return _read(reply, key)

    def check(self, choice: Choice, key: str, ref: str) -> Answer:  # noqa: ARG002 - the key is enough
        """The delivery that carries our key."""
        return _read(self._find(key, ref), key)

    def cancel(self, choice: Choice, key: str, ref: str) -> Answer:  # noqa: ARG002 - the delivery is enough
        """Cancel the delivery; one that is over is withdrawn, too."""
        found = ref or self._find(key, "").text("id")
        if not found:
            return Ambiguous("not_found")
        reply = self._http.call("POST", f"{self._path}/{found}/cancel", json={})
        if reply.status == 404 or (reply.ok and reply.at("status") in _OVER):
            return Confirmed(found)
        if reply.at("code") == "noncancelable_delivery":
            over = self._find(key, found).at("status") in _OVER
            return Confirmed(found) if over else Refused(reply.text("code"), reply.text("message"))
        return Ambiguous("not_understood")

    def correct(self, parcel: Parcel, key: str) -> Answer:  # noqa: ARG002 - a delivery that failed is over
        """Nothing: the next delivery carries what is right."""
        return NOT_OFFERED

    def _find(self, key: str, ref: str) -> Reply:
        """The delivery with our key; without a body when none of those that were shown has it."""
        if ref:
            reply = self._http.get(f"{self._path}/{ref}")
            return reply if reply.at("external_id") == key else Reply(reply.status, None)
        reply = self._http.get(self._path, external_id=key)
        shown = reply.at("data")
        rows: list[Any] = shown if isinstance(shown, list) else []
        ours = [row for row in rows if isinstance(row, dict) and row.get("external_id") == key]
        return Reply(reply.status, ours[0] if ours else None)

    def _sign_in(self, http: Http) -> Granted:
        account = self._account
        where = _SIGN_IN if account.base == _BASE else account.base
        form = {
            "client_id": account["client_id"],
            "client_secret": account["client_secret"],
            "grant_type": "client_credentials",
            "scope": "eats.deliveries",
        }
        return bearer(http.call("POST", f"{where}/oauth/v2/token", form=form, reads=True))


def _read(reply: Reply, key: str) -> Answer:
    ref, status = reply.text("id"), reply.at("status")
    if reply.ok and ref and reply.at("external_id") == key:
        if status in _STANDS:
            return Confirmed(ref)
        if status in _OVER:
            return Refused(words(status), reply.text("undeliverable_reason"))
    code = reply.text("code")
    if code in _REFUSALS:
        return Refused(code, reply.text("message"))
    rejected = 400 <= reply.status < 500 and reply.status != 404 and code
    return Unsent(f"http_{reply.status}") if rejected else Ambiguous("not_understood")


def _address(parcel: Parcel) -> str:
    """The address as Uber wants it: a JSON text within the JSON."""
    address = parcel.address
    return json.dumps(
        {
            "street_address": [line for n in ("line1", "line2") if (line := address.get(n))],
            "city": address.get("city", ""),
            "state": address.get("region", ""),
            "zip_code": address.get("postcode", ""),
            "country": address.get("country", ""),
        }
    )


CONNECTOR = Connector(
    name="uber_direct",
    title="Uber Direct",
    opens=UberDirect,
    moves=True,
    base=_BASE,
    fields=(
        Field("customer_id"),
        Field("client_id"),
        Field("client_secret", secret=True),
        Field("pickup_name"),
        Field("pickup_address"),
        Field("pickup_phone"),
    ),
)

"""UPS Delivery Intercept v2: the parcel is brought on another day, or goes back.

| fact         | value                                                                          |
| ------------ | ------------------------------------------------------------------------------ |
| asks         | `POST …/reschedule/{tn}`, on a day of `GET …/eligibility/intercept/{tn}`;      |
|              | `POST …/return/{tn}`, with a reason of those                                   |
| signs in     | OAuth client credentials, Basic, `POST /security/v1/oauth/token`               |
| found again  | not by a key: once it stands, the day can be changed and no longer be made     |
| withdraws    | `POST …/cancel/{tn}`                                                           |
| refuses      | with status 200 and `success: false`                                           |
| unverified   | what `statusCode` means beside "000"; what the reasons mean, and how a row of  |
|              | `reasonOptionsForRTS` names its code: else it is the published example's, AM   |

The published description (DeliveryIntercept.yaml) is what the tests' played server checks requests
against. `transId` is for tracing only: the same one twice is two requests.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from app.booking.rows import BookingKind
from app.handover.connectors.base import (
    NOT_OFFERED,
    Account,
    Ambiguous,
    Answer,
    Can,
    Choice,
    Confirmed,
    Connector,
    Field,
    NotFound,
    Parcel,
    Refused,
    Says,
    Unsent,
)
from app.handover.connectors.http import Granted, Http, bearer

_NUMBER = re.compile(r"1Z[A-Z0-9]{16}")
_PATH = "/api/deliveryintercept/v2"
_FEATURE = {BookingKind.REDELIVERY: "FD", BookingKind.RETURN: "RTS"}
_TYPE = {BookingKind.REDELIVERY: "FD", BookingKind.RETURN: "RS"}
_REASONS = ("AM", "AN", "AQ", "AR", "AS", "FA", "KR", "KS", "KV")
_OURS = frozenset({"710", "605", "0006"})
"""Errors of the request's form and of our account: none of the customer's."""


class Ups:
    """One account at UPS."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._http = Http(account, sign_in=self._sign_in)

    def can(self, parcel: Parcel) -> Can:
        """The days that UPS itself offers."""
        if not _NUMBER.fullmatch(parcel.tracking_number):
            return Can(Says.NO, takes_back=False)
        options = self._options(parcel)
        day, back = options.get("FD"), _eligible(options.get("RTS"))
        match _eligible(day):
            case None:
                return Can(Says.UNKNOWN, takes_back=back)
            case False:
                return Can(Says.NO, takes_back=back)
        days = _days((day or {}).get("dateOptionsforFutureDelivery"))
        return Can(Says.YES, days, takes_back=back)

    def push(self, choice: Choice, key: str) -> Answer:
        """Another day, or back to the sender.

        A second one would take the first one's place, but nobody could tell afterwards which of
        them stands: so a change is a withdrawal and a new request.
        """
        body = _request(choice)
        if choice.kind is BookingKind.RETURN:
            reason = _reason(self._options(choice.parcel).get("RTS"))
            return self._tell("return", choice.parcel, key, {**body, "reasonForReturn": reason})
        day = f"{choice.day:%Y%m%d}"
        return self._tell("reschedule", choice.parcel, key, {**body, "deliveryDate": day})

    def check(self, choice: Choice, key: str, ref: str) -> Answer:  # noqa: ARG002 - UPS knows no key
        """Whether it stands: then it can be changed, and no longer be made."""
        option = self._options(choice.parcel).get(_FEATURE[choice.kind])
        match option and (option.get("createEligibility"), option.get("modifyEligibility")):
            case ("NOT_ELIGIBLE", "ELIGIBLE"):
                return Confirmed(choice.parcel.tracking_number)
            case ("ELIGIBLE", "NOT_ELIGIBLE"):
                return NotFound()
        return Ambiguous("eligibility")

    def cancel(self, choice: Choice, key: str, ref: str) -> Answer:
        """Take it back; where nothing stands, there is nothing to take back."""
        if isinstance(self.check(choice, key, ref), NotFound):
            return Confirmed(ref)
        return self._tell("cancel", choice.parcel, key, _request(choice))

    def correct(self, parcel: Parcel, key: str) -> Answer:  # noqa: ARG002 - it may cost, so people decide
        """Nothing: another address is another charge, which nobody has agreed to."""
        return NOT_OFFERED

    def _tell(self, act: str, parcel: Parcel, key: str, body: Mapping[str, Any]) -> Answer:
        if not _NUMBER.fullmatch(parcel.tracking_number):
            return NOT_OFFERED
        reply = self._http.call(
            "POST",
            f"{_PATH}/{act}/{parcel.tracking_number}",
            json=body,
            query={"loc": "en_US"},
            headers=_headers(key),
        )
        if reply.ok and reply.at("success") is True:
            return Confirmed(parcel.tracking_number)
        if reply.ok and reply.at("success") is False:
            code = reply.text("errors", 0, "errorCode") or "refused"
            return Refused(code, reply.text("errors", 0, "errorMessage"))
        code = reply.text("response", "errors", 0, "code")
        if not code:
            return Ambiguous("not_understood")
        if code in _OURS:
            return Unsent(f"ups_{code}")
        return Refused(code, reply.text("response", "errors", 0, "message"))

    def _options(self, parcel: Parcel) -> dict[str, dict[str, Any]]:
        """What UPS says of this parcel, by feature: FD is another day, RTS the way back."""
        path = f"{_PATH}/eligibility/intercept/{parcel.tracking_number}"
        reply = self._http.get(path, headers=_headers(parcel.tracking_number), loc="en_US")
        rows = reply.at("response", "commonEligibilityMap")
        return {
            row["interceptFeature"]: row["eligibilityValue"]
            for row in (rows if isinstance(rows, list) else [])
            if isinstance(row, dict)
            and isinstance(row.get("interceptFeature"), str)
            and isinstance(row.get("eligibilityValue"), dict)
        }

    def _sign_in(self, http: Http) -> Granted:
        user = f"{self._account['client_id']}:{self._account['client_secret']}".encode()
        return bearer(
            http.call(
                "POST",
                "/security/v1/oauth/token",
                form={"grant_type": "client_credentials"},
                headers={"Authorization": f"Basic {base64.b64encode(user).decode()}"},
                reads=True,
            )
        )


def _headers(key: str) -> dict[str, str]:
    return {
        "transId": hashlib.sha256(key.encode()).hexdigest()[:14],
        "platformType": "XOLT",
        "inquiryType": "U",
        "Content-Type": "application/json",
    }


def _request(choice: Choice) -> dict[str, Any]:
    parcel = choice.parcel
    contact = {
        "name": parcel.name[:30] or parcel.shipper[:30],
        "telephone": parcel.phone,
        "emailAddress": parcel.email,
    }
    return {
        "requestType": _TYPE[choice.kind],
        "specialInstructions": None,
        "requesterContactInfo": {name: value for name, value in contact.items() if value},
    }


def _eligible(option: Mapping[str, Any] | None) -> bool | None:
    """Whether it can be made or changed; None when UPS does not say."""
    said = option or {}
    if "ELIGIBLE" in {said.get("createEligibility"), said.get("modifyEligibility")}:
        return True
    return None if said.get("createEligibility") in {None, "UNKNOWN"} else False


def _reason(option: Mapping[str, Any] | None) -> str:
    """The first of the reasons for a return that UPS takes for this parcel."""
    rows = (option or {}).get("reasonOptionsForRTS")
    for row in rows if isinstance(rows, list) else []:
        said = [row] if isinstance(row, str) else row.values() if isinstance(row, dict) else ()
        for value in said:
            if value in _REASONS:
                return str(value)
    return _REASONS[0]


def _days(rows: object) -> frozenset[date] | None:
    days = set()
    for row in rows if isinstance(rows, list) else []:
        try:
            days.add(datetime.strptime(str(row["date"]), "%Y%m%d").date())  # noqa: DTZ007 - a day
        except (TypeError, KeyError, ValueError):
            return None
    return frozenset(days) or None


CONNECTOR = Connector(
    name="ups",
    title="UPS",
    opens=Ups,
    base="https://onlinetools.ups.com",
    fields=(Field("client_id"), Field("client_secret", secret=True)),
    kinds=(BookingKind.REDELIVERY, BookingKind.RETURN),
    by_day=True,
    takes_notes=False,
)

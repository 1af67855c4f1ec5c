"""Amazon Shipping (India): its feedback on a failed delivery ("NDR").

| fact         | value                                                                          |
| ------------ | ------------------------------------------------------------------------------ |
| asks         | `POST /shipping/v2/ndrFeedback`, `ndrAction: RESCHEDULE` or `RTO`              |
| signs in     | Login with Amazon, a refresh token; `x-amz-access-token`, an hour              |
| found again  | – : it only tells by notifications of its own                                  |
| withdraws    | –                                                                              |
| limits       | 5 requests a second, 429                                                       |
| unverified   | that 204, which has no body, is its only success; the codes of its refusals    |
"""

from __future__ import annotations

from typing import Any

from app.booking.rows import BookingKind
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
from app.handover.connectors.http import Granted, Http, bearer

_BASE = "https://sellingpartnerapi-eu.amazon.com"
_SIGN_IN = "https://api.amazon.com"


class AmazonShipping:
    """One seller."""

    def __init__(self, account: Account) -> None:
        self._account = account
        business = {"x-amzn-shipping-business-id": account["business"] or "AmazonShipping_IN"}
        self._http = Http(account, headers=business, sign_in=self._sign_in)

    def can(self, parcel: Parcel) -> Can:  # noqa: ARG002 - Amazon does not say beforehand
        """Unknown."""
        return UNKNOWN

    def push(self, choice: Choice, key: str) -> Answer:  # noqa: ARG002 - Amazon takes no key
        """Another day, or back to the sender."""
        body: dict[str, Any] = {
            "trackingId": choice.parcel.tracking_number,
            "ndrAction": "RTO" if choice.kind is BookingKind.RETURN else "RESCHEDULE",
        }
        if choice.kind is BookingKind.REDELIVERY:
            body["ndrRequestData"] = {"rescheduleDate": choice.starts_at.isoformat()}
            if choice.parcel.notes:
                body["ndrRequestData"]["additionalAddressNotes"] = choice.parcel.notes
        reply = self._http.call("POST", "/shipping/v2/ndrFeedback", json=body)
        if reply.status == 204:
            return Confirmed(choice.parcel.tracking_number)
        code = reply.text("errors", 0, "code")
        if not code:
            return Ambiguous("not_understood")
        if reply.status in {400, 409, 422}:
            return Refused(code, reply.text("errors", 0, "message"))
        return Unsent(f"http_{reply.status}")

    def check(self, choice: Choice, key: str, ref: str) -> Answer:  # noqa: ARG002 - it cannot be asked
        """What stands is only known from what was answered."""
        return Confirmed(ref) if ref == choice.parcel.tracking_number else Ambiguous("not_asked")

    def cancel(self, choice: Choice, key: str, ref: str) -> Answer:  # noqa: ARG002 - there is no such call
        """People do it."""
        return NOT_OFFERED

    def correct(self, parcel: Parcel, key: str) -> Answer:  # noqa: ARG002 - it goes with the next attempt
        """People do it; the next attempt carries what is right."""
        return NOT_OFFERED

    def _sign_in(self, http: Http) -> Granted:
        account = self._account
        where = _SIGN_IN if account.base == _BASE else account.base
        form = {
            "grant_type": "refresh_token",
            "refresh_token": account["refresh_token"],
            "client_id": account["client_id"],
            "client_secret": account["client_secret"],
        }
        granted = bearer(http.call("POST", f"{where}/auth/o2/token", form=form, reads=True))
        token = granted.headers["Authorization"].removeprefix("Bearer ")
        return Granted({"x-amz-access-token": token}, granted.lasts)


CONNECTOR = Connector(
    name="amazon_shipping",
    title="Amazon Shipping",
    opens=AmazonShipping,
    base=_BASE,
    fields=(
        Field("client_id"),
        Field("client_secret", secret=True),
        Field("refresh_token", secret=True),
        Field("business", required=False),
    ),
    kinds=(BookingKind.REDELIVERY, BookingKind.RETURN),
    by_day=True,
)

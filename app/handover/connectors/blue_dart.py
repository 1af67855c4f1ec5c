"""Blue Dart: its customer's alternate instruction for a parcel.

| fact         | value                                                                          |
| ------------ | ------------------------------------------------------------------------------ |
| asks         | `POST …/cust-instruction-update/v1/CustALTInstructionUpdate`, type `DT`; `RTO` |
| signs in     | `GET …/token/v1/login` with `ClientID` and `clientSecret`: a `JWTToken`        |
| found again  | –                                                                              |
| withdraws    | –                                                                              |
| unverified   | the sign-in; that `IsError` may be the text "true"; the other types of wish    |
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
    Can,
    Choice,
    Confirmed,
    Connector,
    Field,
    Over,
    Parcel,
    Refused,
    Unsent,
)
from app.handover.connectors.http import Granted, Http, Reply

_PATH = "/in/transportation/cust-instruction-update/v1/CustALTInstructionUpdate"
_TOKEN = timedelta(hours=12)
_NOTES = 50


class BlueDart:
    """One customer of Blue Dart."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._http = Http(account, sign_in=self._sign_in)

    def can(self, parcel: Parcel) -> Can:  # noqa: ARG002 - Blue Dart does not say beforehand
        """Unknown."""
        return UNKNOWN

    def push(self, choice: Choice, key: str) -> Answer:  # noqa: ARG002 - Blue Dart takes no key
        """Another date, or back to the sender."""
        parcel = choice.parcel
        wish = {
            "AWBNo": parcel.tracking_number,
            "AltInstRequestType": "RTO",
            "MobileNo": parcel.phone[-10:] if parcel.phone.startswith("+91") else "",
        }
        if choice.kind is BookingKind.REDELIVERY:
            wish["AltInstRequestType"] = "DT"
            wish["PreferDate"] = f"/Date({int(choice.starts_at.timestamp() * 1000)})/"
            wish["LandMark"] = parcel.notes[:_NOTES]
        profile = {
            "LoginID": self._account["login_id"],
            "LicenceKey": self._account["licence_key"],
            "Api_type": "S",
            "Version": "1.3",
        }
        body = {"altreq": wish, "profile": profile}
        return _read(self._http.call("POST", _PATH, json=body), parcel.tracking_number)

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
        who = {
            "ClientID": self._account["client_id"],
            "clientSecret": self._account["client_secret"],
        }
        reply = http.get("/in/transportation/token/v1/login", headers=who)
        token = reply.at("JWTToken")
        if not (reply.ok and isinstance(token, str) and token):
            raise Over(Unsent("credentials"))
        return Granted({"JWTToken": token}, _TOKEN)


def _read(reply: Reply, number: str) -> Answer:
    result = ("CustALTInstructionUpdateResult",)
    wrong = str(reply.at(*result, "IsError")).lower()
    if reply.ok and wrong == "false" and reply.text(*result, "AWBNo") == number:
        return Confirmed(number)
    code = reply.text(*result, "Status", 0, "StatusCode")
    if wrong == "true" and code:
        return Refused(code, reply.text(*result, "Status", 0, "StatusInformation"))
    return Unsent(f"http_{reply.status}") if reply.status >= 400 else Ambiguous("not_understood")


CONNECTOR = Connector(
    name="blue_dart",
    title="Blue Dart",
    opens=BlueDart,
    base="https://apigateway.bluedart.com",
    fields=(
        Field("client_id"),
        Field("client_secret", secret=True),
        Field("login_id"),
        Field("licence_key", secret=True),
    ),
    kinds=(BookingKind.REDELIVERY, BookingKind.RETURN),
    by_day=True,
    takes_notes=False,
)

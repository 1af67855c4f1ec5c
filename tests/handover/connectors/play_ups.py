"""UPS, played from its published description, DeliveryIntercept.yaml."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar

from app.handover.connectors.base import Choice, Refused
from tests.handover.edge import Asked, Play

NUMBER = "1Z4096YY0316914058"
PATH = "/api/deliveryintercept/v2"
DAY = r"\d{4}(0[1-9]|1[012])(0[1-9]|[12][0-9]|3[01])"
ANSWER = {"transactionId": "ASR1212", "statusCode": "000", "statusMsg": "Success"}


class Played(Play):
    """One parcel, which can be brought on the days to come."""

    values: ClassVar = {"client_id": "us", "client_secret": "a-secret-of-ups"}
    refusal = Refused("1201", "This day is not offered.")

    def __init__(self) -> None:
        super().__init__()
        self.eligible = "ELIGIBLE"
        self.returns = "ELIGIBLE"

    def choice(self) -> Choice:
        choice = super().choice()
        return replace(choice, parcel=replace(choice.parcel, tracking_number=NUMBER))

    def answer(self, asked: Asked) -> tuple[int, Any]:
        """What UPS answers."""
        if asked.path == "/security/v1/oauth/token":
            user = base64.b64encode(b"us:a-secret-of-ups").decode()
            assert asked.headers["Authorization"] == f"Basic {user}"
            assert asked.form == {"grant_type": "client_credentials"}
            return 200, {"access_token": self.new_token(), "expires_in": "14399"}
        if asked.headers["Authorization"] != f"Bearer {self.token}":
            return 401, {"response": {"errors": [{"code": "250003", "message": "Invalid token"}]}}
        assert re.fullmatch(r"[a-zA-Z0-9-.]{3,14}", asked.headers["transId"])
        assert (asked.headers["platformType"], asked.headers["inquiryType"]) == ("XOLT", "U")
        assert asked.headers["Content-Type"] == "application/json"
        assert asked.query.get("loc") == "en_US"
        act, _, number = asked.path.removeprefix(f"{PATH}/").rpartition("/")
        assert number == NUMBER
        if act == "eligibility/intercept":
            assert asked.method == "GET"
            return 200, {
                "response": {**ANSWER, "success": True, "commonEligibilityMap": self.map()}
            }
        assert asked.method == "POST"
        self.check_request(asked.json)
        return self.told(act, asked.json)

    def told(self, act: str, body: dict[str, Any]) -> tuple[int, Any]:
        """Another day, or none after all."""
        wrong = {"errorCode": self.refusal.code, "errorMessage": self.refusal.words}
        if act == "reschedule":
            assert re.fullmatch(DAY, body["deliveryDate"])
            if self.refusing:
                return 200, {**ANSWER, "success": False, "errors": [wrong]}
            self.place(NUMBER, body["deliveryDate"])
        elif act == "return":
            assert (body["requestType"], body["reasonForReturn"]) == ("RS", "KS")
            self.place(NUMBER, "back")
        else:
            assert act == "cancel"
            assert NUMBER in self.placed
            del self.placed[NUMBER]
        return 200, {**ANSWER, "success": True, "errors": None, "subStatusCode": ""}

    def map(self) -> list[Any]:
        """What can be done with the parcel now."""
        stands = NUMBER in self.placed
        first = super().choice().day
        days = [{"date": f"{first + timedelta(days=n):%Y%m%d}"} for n in range(3)]
        value = {
            "createEligibility": "NOT_ELIGIBLE" if stands else self.eligible,
            "modifyEligibility": self.eligible if stands else "NOT_ELIGIBLE",
            "cancelEligibility": self.eligible if stands else "NOT_ELIGIBLE",
            "dateOptionsforFutureDelivery": days,
        }
        other = dict.fromkeys(("createEligibility", "modifyEligibility"), self.eligible)
        return [
            {"interceptFeature": "WC", "eligibilityValue": other},
            {"interceptFeature": "FD", "eligibilityValue": value},
            {"interceptFeature": "RTS", "eligibilityValue": self.back(value)},
        ]

    def back(self, value: dict[str, Any]) -> dict[str, Any]:
        """The way back; what stands is either that or another day."""
        reasons = [{"reasonCode": "KS", "reasonText": "Refused"}]
        create = "NOT_ELIGIBLE" if self.placed else self.returns
        return {**value, "createEligibility": create, "reasonOptionsForRTS": reasons}

    def check_request(self, body: dict[str, Any]) -> None:
        """DeliveryInterceptRequestV2."""
        assert body["requestType"] in {"FD", "RS"}
        assert body["specialInstructions"] is None
        contact = body["requesterContactInfo"]
        assert 0 < len(contact["name"]) <= 30
        assert re.fullmatch(r"\+[0-9]{1,13}", contact["telephone"])

    def places(self, asked: Asked) -> bool:
        """Another day, or the way back."""
        return asked.path.startswith((f"{PATH}/reschedule/", f"{PATH}/return/"))

"""Amazon Shipping, played: 204 is its success, and it cannot be asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from app.handover.connectors.base import Choice, Refused
from tests.handover.edge import Asked, Play

NUMBER = "IN1234567890"


class Played(Play):
    """One parcel in India."""

    values: ClassVar = {
        "client_id": "us",
        "client_secret": "a-secret-of-amazon",
        "refresh_token": "a-refresh-token",
    }
    refusal = Refused("InvalidInput", "The date is too far away.")
    cancels = False

    def choice(self) -> Choice:
        choice = super().choice()
        parcel = replace(choice.parcel, tracking_number=NUMBER)
        return replace(choice, parcel=parcel, zone="Asia/Kolkata")

    def answer(self, asked: Asked) -> tuple[int, Any]:
        """What Amazon answers."""
        if asked.path == "/auth/o2/token":
            assert asked.form == {**self.values, "grant_type": "refresh_token"}
            return 200, {"access_token": self.new_token(), "expires_in": 3600}
        if asked.headers["x-amz-access-token"] != self.token:
            return 401, {"errors": [{"code": "Unauthorized", "message": "Expired."}]}
        assert (asked.method, asked.path) == ("POST", "/shipping/v2/ndrFeedback")
        assert asked.headers["x-amzn-shipping-business-id"] == "AmazonShipping_IN"
        body = asked.json
        assert body["trackingId"] == NUMBER
        if body["ndrAction"] != "RTO":
            assert body["ndrAction"] == "RESCHEDULE"
            assert datetime.fromisoformat(body["ndrRequestData"]["rescheduleDate"]).tzinfo
        if self.refusing:
            code, words = self.refusal
            return 400, {"errors": [{"code": code, "message": words}]}
        self.place(NUMBER, NUMBER)
        return 204, None

    def places(self, asked: Asked) -> bool:
        """The feedback."""
        return asked.path == "/shipping/v2/ndrFeedback"

"""Blue Dart, played: the alternate instruction, and its `IsError` as a text."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, ClassVar

from app.handover.connectors.base import Choice, Refused
from tests.handover.edge import Asked, Play

AWB = "69532145870"
PATH = "/in/transportation/cust-instruction-update/v1/CustALTInstructionUpdate"


class Played(Play):
    """One parcel in India."""

    values: ClassVar = {
        "client_id": "us",
        "client_secret": "a-secret-of-bluedart",
        "login_id": "BOM00001",
        "licence_key": "a-licence-of-bluedart",
    }
    refusal = Refused("InvalidDate", "Date is not a working day.")
    cancels = False

    def choice(self) -> Choice:
        choice = super().choice()
        parcel = replace(choice.parcel, tracking_number=AWB, phone="+919876543210")
        return replace(choice, parcel=parcel, zone="Asia/Kolkata")

    def answer(self, asked: Asked) -> tuple[int, Any]:
        """What Blue Dart answers."""
        if asked.path == "/in/transportation/token/v1/login":
            assert asked.headers["ClientID"] == "us"
            assert asked.headers["clientSecret"] == "a-secret-of-bluedart"
            return 200, {"JWTToken": self.new_token()}
        if asked.headers["JWTToken"] != self.token:
            return 401, {"title": "Unauthorized"}
        assert (asked.method, asked.path) == ("POST", PATH)
        wish, profile = asked.json["altreq"], asked.json["profile"]
        assert wish["AWBNo"] == AWB
        assert re.fullmatch(r"\d{10}", wish["MobileNo"])
        if wish["AltInstRequestType"] != "RTO":
            assert wish["AltInstRequestType"] == "DT"
            assert re.fullmatch(r"/Date\(\d{13}\)/", wish["PreferDate"])
            assert len(wish["LandMark"]) <= 50
        assert profile["LicenceKey"] == "a-licence-of-bluedart"
        code, words = self.refusal if self.refusing else ("Valid", "Instruction updated.")
        if not self.refusing:
            self.place(AWB, AWB)
        status = [{"StatusCode": code, "StatusInformation": words}]
        wrong = "true" if self.refusing else False
        result = {"AWBNo": AWB, "IsError": wrong, "Status": status}
        return 200, {"CustALTInstructionUpdateResult": result}

    def places(self, asked: Asked) -> bool:
        """The instruction."""
        return asked.path == PATH

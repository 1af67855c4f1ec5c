"""Bring, played: the one call that corrects how a recipient is reached."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from app.handover.connectors.base import Choice, Refused
from tests.handover.edge import Asked, Play

NUMBER = "370000000000123456"
PATH = "/modifydelivery/api/update-contact-details"


class Played(Play):
    """One parcel to Norway."""

    values: ClassVar = {"api_uid": "ops@hollow-oak.example", "api_key": "a-key-of-mybring"}
    refusal = Refused("400", "Shipment is already delivered.")
    renews = False
    corrects = True

    def choice(self) -> Choice:
        choice = super().choice()
        address = {"line1": "Storgata 1", "city": "Oslo", "postcode": "0155", "country": "NO"}
        parcel = replace(
            choice.parcel, tracking_number=NUMBER, phone="+4740612345", address=address
        )
        return replace(choice, parcel=parcel, zone="Europe/Oslo")

    def answer(self, asked: Asked) -> tuple[int, Any]:
        """What Bring answers."""
        assert (asked.method, asked.path) == ("POST", PATH)
        assert asked.headers["Content-Type"] == "application/json"
        known = (asked.headers["X-MyBring-API-Uid"], asked.headers["X-MyBring-API-Key"])
        if known != ("ops@hollow-oak.example", "a-key-of-mybring"):
            return 401, {"title": "Unauthorized"}
        said = asked.json
        assert set(said) == {"consignmentNumber", "contact"}
        contact = said["contact"]
        assert set(contact) <= {"phoneNumber", "email"}
        assert contact, "the request cannot be empty"
        assert contact.get("phoneNumber", "+47").startswith("+47"), "as the recipient's country"
        if self.refusing:
            return 400, {"code": "400", "title": "BAD_REQUEST", "message": self.refusal.words}
        self.place(said["consignmentNumber"], str(contact))
        return 200, {"code": "201", "title": "CREATED", "message": "Successfully submitted"}

    def places(self, asked: Asked) -> bool:
        """The correction."""
        return asked.path == PATH

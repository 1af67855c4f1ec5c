"""Delhivery, played: it takes a wish, and says under its UPL id what became of it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar

from app import clock
from app.handover.connectors.base import Choice, Refused
from tests.handover.edge import Asked, Play

WAYBILL = "1234567890123"
UPL = re.compile(r"/api/cmu/get_bulk_upl/(UPL\d+)")


class Played(Play):
    """One parcel whose first attempt failed yesterday."""

    values: ClassVar = {"token": "a-token-of-delhivery"}
    refusal = Refused("refused", "NSL code is not eligible")
    asynchronous = True
    cancels = False
    renews = False
    limit = 403

    def __init__(self) -> None:
        super().__init__()
        self.settled = False
        self.asked_for: list[dict[str, Any]] = []

    def choice(self) -> Choice:
        choice = super().choice()
        parcel = replace(
            choice.parcel,
            tracking_number=WAYBILL,
            phone="+919876543210",
            code="EOD-74",
            attempts=1,
            last_attempt_at=clock.now() - timedelta(days=1),
        )
        return replace(choice, parcel=parcel, zone="Asia/Kolkata")

    def answer(self, asked: Asked) -> tuple[int, Any]:
        """What Delhivery answers."""
        if asked.headers["Authorization"] != "Token a-token-of-delhivery":
            return 401, {"detail": "Invalid token."}
        if found := UPL.fullmatch(asked.path):
            assert asked.query == {"verbose": "true"}
            return 200, self.status(found[1])
        assert (asked.method, asked.path) == ("POST", "/api/p/update")
        (item,) = asked.json["data"]
        self.check_item(item)
        self.asked_for.append(item)
        if not self.refusing:
            self.place(WAYBILL, "UPL1")
        return 200, {"request_id": f"UPL{len(self.asked_for)}", "status": "Success"}

    def status(self, upl: str) -> dict[str, Any]:
        """What became of it: "Success" of the whole may be the parcel's refusal."""
        if not self.settled:
            return {"request_id": upl, "status": "Pending"}
        done = {"status": "Failure", "remark": self.refusal.words} if self.refusing else {}
        item = {"waybill": WAYBILL, "status": "Success", **done}
        return {"request_id": upl, "status": "Success", "results": [item]}

    def settle(self) -> None:
        """The file is worked off."""
        self.settled = True

    def check_item(self, item: dict[str, Any]) -> None:
        """The shape of one item."""
        assert item["waybill"] == WAYBILL
        if item["act"] == "RE-ATTEMPT":
            assert "action_data" not in item
        elif item["act"] == "DEFER_DLV":
            assert re.fullmatch(r"\d{4}-\d\d-\d\d", item["action_data"]["deferred_date"])
        else:
            assert item["act"] == "EDIT_DETAILS"
            assert set(item["action_data"]) <= {"name", "phone", "add"}

    def places(self, asked: Asked) -> bool:
        """A wish, not its status."""
        return asked.path == "/api/p/update"

"""Shiprocket, played: a failed delivery's story, and the action that is written into it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, ClassVar

from app.handover.connectors.base import Choice, Refused
from tests.handover.edge import Asked, Play

AWB = "19041424751540"
LOGIN = "/v1/external/auth/login"


class Played(Play):
    """One parcel in India."""

    values: ClassVar = {"email": "us@example.in", "password": "a-password-of-ours"}
    refusal = Refused("refused", "Action already taken for this AWB.")
    asynchronous = True
    cancels = False

    def __init__(self) -> None:
        super().__init__()
        self.comments: list[str] = []

    def choice(self) -> Choice:
        choice = super().choice()
        parcel = replace(choice.parcel, tracking_number=AWB, phone="+919876543210")
        return replace(choice, parcel=parcel, zone="Asia/Kolkata")

    def answer(self, asked: Asked) -> tuple[int, Any]:
        """What Shiprocket answers."""
        if asked.path == LOGIN:
            assert asked.json == self.values
            return 200, {"token": self.new_token(), "email": "us@example.in"}
        if asked.headers["Authorization"] != f"Bearer {self.token}":
            return 401, {"message": "Token has expired", "status_code": 401}
        if asked.method == "GET":
            assert asked.path == f"/v1/external/ndr/{AWB}"
            history = [{"ndr_reason": "Consignee unavailable", "comment": ""}]
            history += [{"ndr_reason": "", "comment": comment} for comment in self.comments]
            return 200, {"data": [{"awb_code": AWB, "history": history}]}
        assert (asked.method, asked.path) == ("POST", f"/v1/external/ndr/{AWB}/action")
        body = asked.json
        if body["action"] == "return":
            assert body.keys() == {"action", "comments"}
            return self.taken(body)
        assert body["action"] == "re-attempt"
        assert re.fullmatch(r"\d{10}", body["phone"])
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", body["deferred_date"])
        return self.taken(body)

    def taken(self, body: dict[str, Any]) -> tuple[int, Any]:
        """It is written down, unless it is to be refused."""
        if self.refusing:
            return 400, {"message": self.refusal.words, "status_code": 400}
        self.place(AWB, body["comments"])
        return 200, {"success": True, "message": "Action has been recorded."}

    def settle(self) -> None:
        """The action shows in the story."""
        self.comments = list(self.placed.values())

    def places(self, asked: Asked) -> bool:
        """Only the action."""
        return asked.path.endswith("/action")

"""A courier's own system, played: it verifies by the standard's own library."""

from __future__ import annotations

from collections import Counter
from typing import Any, ClassVar

from standardwebhooks.webhooks import Webhook

from tests.handover.edge import Asked, Play

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Played(Play):
    """Keeps wishes by our key."""

    values: ClassVar = {"secret": SECRET}
    renews = False

    def answer(self, asked: Asked) -> tuple[int, Any]:
        headers = {name.lower(): value for name, value in asked.headers.items()}
        Webhook(SECRET).verify(asked.raw, headers)
        message = asked.json
        data = message["data"]
        key = data["key"]
        match message["type"]:
            case "handover.requested":
                if self.refusing:
                    code, words = self.refusal
                    return 200, {"status": "refused", "code": code, "words": words}
                if key not in self.placed:
                    self.place(key, f"W{self.pushes + 1}")
                assert data["parcel"]["address"]["city"] == "Anaheim"
                return 200, {"status": "confirmed", "ref": self.placed[key]}
            case "handover.check":
                if key not in self.placed:
                    return 200, {"status": "not_found"}
                return 200, {"status": "confirmed", "ref": self.placed[key]}
            case "handover.withdrawn":
                self.placed.pop(key, None)
                return 200, {"status": "withdrawn"}
        raise AssertionError(message["type"])

    def places(self, asked: Asked) -> bool:
        return b'"handover.requested"' in asked.raw


class Counting(Played):
    """Places whatever it is told, however often: what is told twice is delivered twice."""

    def __init__(self) -> None:
        super().__init__()
        self.told: Counter[str] = Counter()

    def answer(self, asked: Asked) -> tuple[int, Any]:
        if self.places(asked):
            self.told[asked.json["data"]["key"]] += 1
        return super().answer(asked)

"""DoorDash Drive, played: deliveries by `external_delivery_id`, and the redelivery of one."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from dataclasses import replace
from typing import Any, ClassVar

from app.handover.connectors.base import Choice, Refused
from tests.handover.edge import Asked, Play

SECRET = base64.urlsafe_b64encode(b"a-signing-secret-of-doordash").rstrip(b"=").decode()
FAILED = "D-100200"


class Played(Play):
    """One developer account, in which one delivery failed."""

    values: ClassVar = {"developer_id": "dev", "key_id": "key-1", "signing_secret": SECRET}
    refusal = Refused("outside_of_delivery_time", "Nobody drives at that hour.")

    def __init__(self) -> None:
        super().__init__()
        self.estimated: str | None = None
        """When it expects to be there, if not within the window that was asked for."""
        self.cancelled: set[str] = set()
        self.too_late = False

    def choice(self) -> Choice:
        choice = super().choice()
        return replace(choice, parcel=replace(choice.parcel, courier_ref=FAILED))

    def answer(self, asked: Asked) -> tuple[int, Any]:
        """What DoorDash answers."""
        self.check_token(asked.headers["Authorization"])
        path = asked.path.removeprefix("/drive/v2/deliveries/")
        assert path != asked.path
        key, _, act = path.partition("/")
        if act == "redelivery":
            assert asked.method == "POST"
            return self.redelivered(key, asked.json)
        if key not in self.placed and key not in self.cancelled:
            return 404, {"code": "unknown_delivery_id", "message": "There is no such delivery."}
        if asked.method == "GET":
            return 200, self.shown(key)
        assert (asked.method, act) == ("PUT", "cancel")
        if self.too_late or key in self.cancelled:
            return 400, {"code": "validation_error", "message": "It cannot be cancelled."}
        del self.placed[key]
        self.cancelled.add(key)
        return 200, self.shown(key)

    def redelivered(self, failed: str, body: dict[str, Any]) -> tuple[int, Any]:
        """Another delivery of the one that failed."""
        assert set(body) == {"external_delivery_id", "dropoff_window", "dropoff_instructions"}
        assert failed == FAILED
        if self.refusing:
            code, words = self.refusal
            return 422, {"code": "validation_error", "reason": code, "message": words}
        key = body["external_delivery_id"]
        if key in self.placed:
            return 409, {"code": "duplicate_delivery_id", "message": "This id is known."}
        self.place(key, body["dropoff_window"]["start_time"])
        return 200, self.shown(key)

    def shown(self, key: str) -> dict[str, Any]:
        """A delivery as DoorDash writes it."""
        status = "cancelled" if key in self.cancelled else "created"
        estimated = self.estimated or self.placed.get(key)
        return {
            "external_delivery_id": key,
            "delivery_status": status,
            "dropoff_time_estimated": estimated,
        }

    def check_token(self, header: str) -> None:
        """It is signed with the decoded secret, and fresh."""
        head, claims, mac = header.removeprefix("Bearer ").split(".")
        key = base64.urlsafe_b64decode(SECRET + "=" * (-len(SECRET) % 4))
        expected = hmac.digest(key, f"{head}.{claims}".encode(), hashlib.sha256)
        assert decoded(mac) == expected
        assert json.loads(decoded(head))["dd-ver"] == "DD-JWT-V1"
        said = json.loads(decoded(claims))
        assert (said["aud"], said["iss"], said["kid"]) == ("doordash", "dev", "key-1")
        assert said["iat"] <= time.time() + 1 < said["exp"] <= said["iat"] + 1800

    def places(self, asked: Asked) -> bool:
        """Only the redelivery."""
        return asked.path.endswith("/redelivery")


def decoded(text: str) -> bytes:
    """Base64url without its padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

"""Uber Direct, played: deliveries by `external_id`."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, ClassVar

from app.handover.connectors.base import Refused
from tests.handover.edge import Asked, Play

PATH = "/v1/customers/c-1/deliveries"


class Played(Play):
    """One customer's deliveries."""

    values: ClassVar = {
        "customer_id": "c-1",
        "client_id": "us",
        "client_secret": "a-secret-of-uber",
        "pickup_name": "Depot Anaheim",
        "pickup_address": "1 Depot Way, Anaheim, CA 92801",
        "pickup_phone": "+17145550100",
    }
    refusal = Refused("address_undeliverable", "The address is outside of the area.")

    def __init__(self) -> None:
        super().__init__()
        self.forgets_filter = False
        """Whether the list shows others' deliveries, whatever is asked."""
        self.reached: set[str] = set()
        """Deliveries that cannot be cancelled any more."""

    def answer(self, asked: Asked) -> tuple[int, Any]:
        """What Uber answers."""
        if asked.path == "/oauth/v2/token":
            assert asked.form["grant_type"] == "client_credentials"
            assert asked.form["scope"] == "eats.deliveries"
            assert asked.form["client_secret"] == "a-secret-of-uber"
            return 200, {"access_token": self.new_token(), "expires_in": 2_592_000}
        if asked.headers["Authorization"] != f"Bearer {self.token}":
            return 401, {"code": "unauthorized", "kind": "error"}
        assert asked.path.startswith(PATH)
        rest = asked.path.removeprefix(PATH).removeprefix("/")
        if asked.method == "POST" and not rest:
            return self.created(asked.json)
        if not rest:
            return 200, {"data": self.listed(asked.query.get("external_id"))}
        return self.one(asked.method, *rest.partition("/")[::2])

    def created(self, body: dict[str, Any]) -> tuple[int, Any]:
        """A delivery, checked as the reference says."""
        address = json.loads(body["dropoff_address"])
        assert set(address) == {"street_address", "city", "state", "zip_code", "country"}
        ready, deadline = body["dropoff_ready_dt"], body["dropoff_deadline_dt"]
        assert datetime.fromisoformat(ready) < datetime.fromisoformat(deadline)
        assert len(body["dropoff_notes"]) <= 280
        assert body["manifest_items"][0]["size"] in {"small", "medium", "large", "xlarge"}
        assert body["pickup_phone_number"].startswith("+")
        if self.refusing:
            code, words = self.refusal
            return 400, {"code": code, "message": words, "kind": "error"}
        key = body["external_id"]
        if key in self.placed:
            known = {"delivery_id": self.placed[key]}
            return 409, {"code": "duplicate_delivery", "metadata": known, "kind": "error"}
        self.place(key, f"del_{self.pushes + 1}")
        return 200, self.shown(key, "pending")

    def listed(self, key: str | None) -> list[Any]:
        """The list, filtered or not."""
        if self.forgets_filter:
            return [self.shown("somebody-elses", "pending")]
        return [self.shown(key, "pending")] if key in self.placed else []

    def one(self, method: str, ref: str, act: str) -> tuple[int, Any]:
        """One delivery, read or cancelled."""
        there = [key for key, known in self.placed.items() if known == ref]
        if not there:
            return 404, {"code": "delivery_not_found", "kind": "error"}
        if method == "GET":
            return 200, self.shown(there[0], "pending")
        assert (method, act) == ("POST", "cancel")
        if ref in self.reached:
            return 400, {"code": "noncancelable_delivery", "message": "Too late.", "kind": "error"}
        answer = self.shown(there[0], "canceled")
        del self.placed[there[0]]
        return 200, answer

    def shown(self, key: str | None, status: str) -> dict[str, Any]:
        """A delivery as Uber writes it."""
        ref = self.placed.get(key or "", "del_other")
        return {"id": ref, "external_id": key, "status": status, "kind": "delivery"}

    def places(self, asked: Asked) -> bool:
        """Only a new delivery."""
        return (asked.method, asked.path) == ("POST", PATH)

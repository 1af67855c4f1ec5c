"""The web app, the sender's part for shippers' systems, and such a system."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from app import clock
from app.db.connection import connection
from tasks.hooks import Hooks
from tests.outbound.receiver import Receiver, opened
from tests.play import play
from tests.web import Web, rows, web

__all__ = ["play", "rows", "web"]


class Shop:
    """A shipper with an endpoint, and what is told to it."""

    def __init__(self, web: Web, receiver: Receiver) -> None:
        self.web = web
        self.receiver = receiver
        self.woken = threading.Event()
        self.hooks = Hooks(self.woken)

    def api(self, method: str, path: str = "", status: int = 200, **how: Any) -> Any:
        by = how.pop("by", "shipper")
        answer = self.web.api(method, f"/webhook-endpoints{path}", by=by, **how)
        assert answer.status_code == status, answer.text
        return answer.get_json() if answer.data else None

    def endpoint(self, path: str, *kinds: str) -> int:
        made = self.api(
            "POST", status=201, json={"url": self.receiver.base + path, "kinds": list(kinds)}
        )
        self.receiver.secret(path, made["secret"])
        return int(made["id"])

    def told(self) -> None:
        """Everything that is due has left and was answered."""
        while True:
            self.hooks._looked = 0.0
            self.hooks.turn()
            if self.hooks.under_way:
                self.woken.wait(10)
                self.woken.clear()
            elif not due():
                return

    def later(self, **span: float) -> None:
        clock.advance(timedelta(**span))
        self.told()

    def deliveries(self, endpoint_id: int) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.api("GET", f"/{endpoint_id}/deliveries")["items"]
        return items


def due() -> bool:
    row = connection().execute(
        """SELECT 1 FROM webhook_lanes l JOIN webhook_endpoints e ON e.id = l.endpoint_id
            WHERE e.state = 'active' AND l.due_at <= %s LIMIT 1""",
        [clock.now()],
    )
    return row.fetchone() is not None


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with opened(Receiver()) as receiver:
        yield receiver
        assert receiver.faults == []


@pytest.fixture
def shop(web: Web, receiver: Receiver) -> Iterator[Shop]:
    shop = Shop(web, receiver)
    yield shop
    shop.hooks.close()
    for endpoint in shop.api("GET")["items"]:
        shop.api("DELETE", f"/{endpoint['id']}", status=204)

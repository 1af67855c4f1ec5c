"""Sent twice, done once: `Idempotency-Key` wherever something is made."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app import clock
from app.managing import depots
from tests.web import Web, problem, rows, web

__all__ = ["web"]


def post(web: Web, path: str, key: str, by: str, said: dict[str, Any]) -> Any:
    bearer = f"Bearer {web.keys[by]}"
    head = {"Authorization": bearer, "Idempotency-Key": key}
    return web.client.post(f"/api/v1{path}", json=said, headers=head)


def add(web: Web, key: str, url: str = "https://example.com/hooks") -> Any:
    said = {"url": url, "kinds": ["closed"]}
    return post(web, "/webhook-endpoints", key, "shipper", said)


def endpoints() -> int:
    return int(rows("SELECT count(*) AS n FROM webhook_endpoints")[0]["n"])


def close(web: Web, key: str, why: str = "Snow", days: int = 20) -> Any:
    day = (clock.now() + timedelta(days=days)).date().isoformat()
    return post(web, "/depots/anaheim/closures", key, "admin", {"day": day, "why": why})


def test_the_same_key_and_body_get_the_same_answer_with_its_secret(web: Web):
    before = endpoints()
    first = add(web, "endpoint-1")
    again = add(web, "endpoint-1")
    assert first.status_code == again.status_code == 201
    assert first.get_json() == again.get_json()
    assert endpoints() == before + 1
    assert add(web, "endpoint-2").get_json()["id"] != first.get_json()["id"]
    kept = rows("SELECT body FROM idempotency_keys WHERE key = 'endpoint-1'")[0]["body"]
    assert first.get_json()["secret"].encode() not in bytes(kept)


def test_another_body_or_another_place_under_a_key_is_told_apart(web: Web):
    assert close(web, "closed-1").status_code == 201
    assert problem(close(web, "closed-1", "Flood"))["code"] == "idempotency_key_reused"
    assert add(web, "closed-1").status_code == 201  # another operation's key is its own
    assert problem(close(web, "k" * 201))["code"] == "bad_idempotency_key"


def test_what_was_refused_may_be_sent_again_under_its_key(web: Web):
    assert add(web, "mended", "nonsense").status_code == 422
    assert add(web, "mended").status_code == 201


def test_while_it_is_being_worked_on_the_second_is_told_to_come_again(
    web: Web, monkeypatch: pytest.MonkeyPatch
):
    seconds = []
    close_on = depots.close_on

    def meanwhile(*about: Any) -> Any:
        monkeypatch.undo()
        seconds.append(close(web, "closed-2", days=21))
        return close_on(*about)

    monkeypatch.setattr(depots, "close_on", meanwhile)
    assert close(web, "closed-2", days=21).status_code == 201
    (second,) = seconds
    assert problem(second)["code"] == "in_progress"
    assert second.headers["Retry-After"] == "2"


def test_whatever_makes_something_takes_a_key(web: Web):
    """What is listed here comes to the same when it is said twice, whatever key it has."""
    by_nature = {
        "erasures_forget",
        "access_requests_gather",
        "disputes_export",
        "webhook_endpoints_replay",
        "webhook_endpoints_test",
        "gesture_rules_add_codes",
    }
    spec = web.client.get("/openapi.json").get_json()
    made = [
        operation["operationId"]
        for path, item in spec["paths"].items()
        if path.startswith("/api/v1/") and (operation := item.get("post"))
        if {"201", "202"} & set(operation["responses"])
        if "Idempotency-Key" not in [p["name"] for p in operation.get("parameters", ())]
    ]
    assert set(made) - by_nature == set()

"""Every request is read with limits, and every answer leaves with the headers that protect."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.routing import Rule

from app.web import LIMIT
from tests.servers import TestServers
from tests.web import Web, problem, web, web_app

__all__ = ["web"]

HOSTILE = {
    "deep, not closed": b"[" * 100_000,
    "deep": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "long number": b'{"choice": ' + b"7" * 5000 + b"}",
    "infinite": b'{"choice": 1e999}',
    "no text": b'{"choice": "\xff\xfe"}',
    "half a character": b'{"choice": "\\ud800", "text": "\\ud800", "note": "\\ud800"}',
    "not closed": b'{"choice": ',
    "nothing": b"",
    "a number": b"7",
}


_SENDING = {"POST", "PUT", "PATCH"}


def takes_bodies(rule: Rule) -> bool:
    return rule.rule.startswith("/api/") and bool(
        {"POST", "PUT", "PATCH"} & (rule.methods or set())
    )


def test_hostile_json_is_refused_at_every_address_of_the_api(web: Web):
    asked = 0
    for rule in filter(takes_bodies, web.app.url_map.iter_rules()):
        path = rule.rule.removeprefix("/api/v1")
        for part in rule.arguments:
            path = path.replace(f"<int:{part}>", "1").replace(f"<{part}>", "1")
        method = next(iter(_SENDING & (rule.methods or set())))
        for name, raw in HOSTILE.items():
            by = "shipper" if "shipment" in path else "dispatcher"
            answer = web.api(method, path, by, data=raw, content_type="application/json")
            assert answer.status_code < 500, (path, name, answer.data)
            if name in {"deep", "deep objects", "deep, not closed", "long number", "not closed"}:
                assert answer.status_code >= 400, (path, name)
            if answer.status_code >= 400:
                problem(answer)
            asked += 1
    assert asked >= 8 * len(HOSTILE)


@pytest.mark.parametrize("number", ["9" * 30, "9" * 5000])
def test_a_number_in_an_address_may_be_as_long_as_it_wants(web: Web, number: str):
    assert web.api("GET", f"/cases/{number}").status_code == 404
    assert web.api("GET", f"/cases?cursor={number}").status_code < 500


@pytest.mark.parametrize("path", ["/sign-in", "/playground/try", "/api/v1/shipments", "/c/x"])
def test_files_are_refused_and_nothing_is_written(
    web: Web, path: str, monkeypatch: pytest.MonkeyPatch
):
    def written(*_: object, **__: object) -> None:
        raise AssertionError("a temporary file was made")

    monkeypatch.setattr(tempfile, "SpooledTemporaryFile", written)
    monkeypatch.setattr("werkzeug.formparser.SpooledTemporaryFile", written)
    part = b'--b\r\nContent-Disposition: form-data; name="key"; filename="large.bin"\r\n\r\n'
    body = part + b"x" * 700_000 + b"\r\n--b--\r\n"
    kind = "multipart/form-data; boundary=b"
    answer = web.client.post(path, data=body, content_type=kind)
    assert 400 <= answer.status_code < 500


def test_a_body_beyond_the_limit_is_refused_and_a_batch_of_orders_may_be_larger(web: Web):
    large = b"key=" + b"x" * LIMIT
    form = "application/x-www-form-urlencoded"
    assert web.client.post("/sign-in", data=large, content_type=form).status_code == 413
    answer = web.api("POST", "/cases/1/notes", data=large, content_type="application/json")
    assert answer.status_code == 413
    orders = b'{"tracking_number": "' + b"x" * LIMIT + b'"}'
    answer = web.api("POST", "/shipments", "shipper", data=orders, content_type="application/json")
    assert answer.status_code == 422


@pytest.mark.parametrize("path", ["/healthz", "/sign-in", "/api/v1/cases", "/nowhere", "/docs"])
def test_nothing_is_taken_for_something_else(web: Web, path: str):
    answer = web.client.get(path)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Strict-Transport-Security" not in answer.headers


def test_answers_of_the_api_and_of_webhooks_are_not_stored(web: Web):
    assert web.api("GET", "/cases").headers["Cache-Control"] == "no-store"
    answer = web.post(b"{}")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


def test_without_a_token_figures_are_for_this_machine_alone(web: Web):
    ask = web.client.get
    assert ask("/metrics").status_code == 200
    elsewhere = ask("/metrics", environ_overrides={"REMOTE_ADDR": "203.0.113.7"})
    proxied = ask("/metrics", headers={"X-Forwarded-For": "203.0.113.7"})
    assert [problem(one)["code"] for one in (elsewhere, proxied)] == ["metrics_are_local"] * 2


@pytest.fixture
def over_https(servers: TestServers, tmp_path: Path) -> Iterator[Web]:
    more = {"PUBLIC_URL": "https://reknock.example", "REKNOCK_METRICS_TOKEN": "let-me-see"}
    with web_app(servers, tmp_path, **more) as made:
        yield made


def test_over_https_browsers_are_told_to_stay_there(over_https: Web):
    assert "max-age=" in over_https.client.get("/healthz").headers["Strict-Transport-Security"]


def test_figures_are_for_who_has_the_token(over_https: Web):
    ask = over_https.client.get
    refused = [
        ask("/metrics"),
        ask("/metrics", headers={"Authorization": "Bearer wrong"}),
        ask("/metrics", headers={"Authorization": "Bearer l\xe9t-me-see"}),
    ]
    assert [problem(answer)["code"] for answer in refused] == ["wrong_token"] * 3
    assert ask("/metrics", headers={"Authorization": "Bearer let-me-see"}).status_code == 200

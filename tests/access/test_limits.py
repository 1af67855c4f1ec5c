"""How many requests a key may make: told with every answer, refused beyond, never without Redis."""

from __future__ import annotations

import re

import pytest
import redis

from app.access import limits
from app.settings import Settings
from tests import courier
from tests.web import Web, problem, web_app

POLICY = '"default";q=5;w=60'


@pytest.fixture(scope="module")
def web(servers, tmp_path_factory):
    with web_app(servers, tmp_path_factory.mktemp("home"), REKNOCK_API_LIMIT="5") as made:
        yield made


@pytest.fixture(autouse=True)
def a_new_minute(web: Web):
    web.servers.empty_redis()
    limits.configure(web.servers.redis.url, 5)


def left(answer) -> int:
    found = re.fullmatch(r'"default";r=(\d+);t=(\d+)', answer.headers["RateLimit"])
    assert found
    assert answer.headers["RateLimit-Policy"] == POLICY
    assert 1 <= int(found[2]) <= 60
    return int(found[1])


def test_every_answer_says_what_is_left_and_one_too_many_is_refused(web: Web):
    assert left(web.api("GET", "/cases", "shipper")) == 4
    assert left(web.api("GET", "/cases/999999", "shipper")) == 3  # whatever the answer is
    assert left(web.api("POST", "/shipments", "shipper", data=b"{")) == 2
    assert left(web.api("GET", "/dispatch-tasks", "shipper")) == 1  # 403
    assert left(web.api("GET", "/cases", "shipper")) == 0
    refused = web.api("GET", "/cases", "shipper")
    assert problem(refused)["code"] == "too_many_requests"
    assert refused.status_code == 429
    assert left(refused) == 0
    assert f"t={refused.headers['Retry-After']}" in refused.headers["RateLimit"]
    assert left(web.api("GET", "/cases", "dispatcher")) == 4  # each key has its own


def test_after_the_minute_a_key_goes_on(web: Web):
    for _ in range(6):
        last = web.api("GET", "/cases", "shipper")
    assert last.status_code == 429
    with redis.Redis.from_url(web.servers.redis.url) as client:
        (key,) = client.keys("reknock:api:*")
        assert 0 < client.pttl(key) <= 60_000
        client.pexpire(key, 0)
    assert left(web.api("GET", "/cases", "shipper")) == 4


def test_what_couriers_post_and_whoever_has_no_key_is_not_counted(web: Web):
    for number in range(7):
        answer = web.post(courier.said("failed", f"many-{number}"))
        assert answer.status_code == 200
        assert "RateLimit" not in answer.headers
        assert web.api("GET", "/cases", "").status_code == 401
    with redis.Redis.from_url(web.servers.redis.url) as client:
        assert client.keys("reknock:api:*") == []


def test_while_redis_is_away_nobody_is_refused_and_nobody_waits_for_it_twice(web: Web, monkeypatch):
    limits.configure("redis://127.0.0.1:1/0", 5)
    asked, count = [], limits._count

    def counted(**how):
        asked.append(how)
        return count(**how)

    monkeypatch.setattr(limits, "_count", counted)
    for _ in range(7):
        answer = web.api("GET", "/cases", "shipper")
        assert answer.status_code == 200
        assert "RateLimit" not in answer.headers
    assert len(asked) == 1


def test_without_a_limit_nothing_is_counted(web: Web):
    limits.configure(web.servers.redis.url, 0)
    assert "RateLimit" not in web.api("GET", "/cases", "shipper").headers


def test_a_night_of_ten_thousand_orders_fits_in_the_default(settings: Settings):
    assert settings.api_limit >= 10_000 / 10 * 2  # in batches of ten, and half a minute to spare


def test_every_operation_that_takes_a_key_says_so(web: Web):
    spec = web.client.get("/openapi.json").get_json()
    silent = [
        (path, method)
        for path, item in spec["paths"].items()
        if path.startswith("/api/v1/")
        for method, operation in item.items()
        if method in {"get", "post", "put", "patch", "delete"}
        and operation.get("security") is None
        and not (
            "RateLimit" in operation["responses"]["429"]["headers"]
            and "Retry-After" in operation["responses"]["429"]["headers"]
            and all(
                {"RateLimit", "RateLimit-Policy"} <= set(answer.get("headers", ()))
                for status, answer in operation["responses"].items()
                if status != "401"
            )
        )
    ]
    assert silent == []

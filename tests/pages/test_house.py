"""What holds for every page: its headers, its links, its weight, its errors."""

from __future__ import annotations

import gzip
import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.access import links, own_pages
from app.settings import load
from app.theme import assets
from app.theme.times import When, length, within
from tests.application import create_app
from tests.links import page_of, token_of
from tests.pages.reading import text

LIMIT = 30_000
"""Bytes of a whole page, as they go over the wire, without htmx."""


@pytest.fixture
def addresses(play):
    """One address of every kind of page."""
    case_id = play.courier()
    return {
        "customer": page_of(case_id),
        "dispatcher": f"/t/{links.make('task', play.task(case_id).id, play.world.people['Ana'])}",
        "shipper": f"/s/{links.make('contact', case_id)}",
        "playground": "/playground",
    }


def test_every_page_keeps_to_itself(client, addresses):
    for address in addresses.values():
        answer = client.get(address)
        assert answer.status_code == 200
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert answer.headers["Cache-Control"] == "no-store"
        assert not re.search(r"<script(?! defer src=\"/)|<style| style=| on[a-z]+=", answer.text)
        assert not re.search(r"(?:src|<link[^>]* href)=\"(?!/)", answer.text)


def test_no_page_can_be_framed_outside_a_demo(env, addresses):
    production = create_app(load({**env, "REKNOCK_DEMO": "0"})).test_client()
    policy = production.get(addresses["customer"]).headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert production.get("/playground").status_code == 404
    assert production.post("/playground/clock", json={"advance_seconds": 9}).status_code == 404


def test_every_page_is_light(client, addresses):
    for name, address in addresses.items():
        html = client.get(address).text
        weight = len(html.encode())
        for asset in re.findall(r'(?:src|href)="(/assets/[^"]+)"', html):
            if "htmx" not in asset:
                weight += len(client.get(asset, headers={"Accept-Encoding": "gzip"}).data)
        assert weight < LIMIT, name


def test_a_token_opens_only_its_own_kind_of_page(client, play, addresses):
    case_id = play.courier(parcel="P2")
    tokens = {
        "c": token_of(case_id),
        "t": links.make("task", play.task(case_id).id, play.world.people["Ana"]),
        "s": links.make("contact", case_id),
    }
    for kind, token in tokens.items():
        for place in tokens:
            expected = 200 if place == kind else 404
            assert client.get(f"/{place}/{token}").status_code == expected
            if place != kind:
                assert client.post(f"/{place}/{token}", data={"score": "1"}).status_code == 404


def test_an_unknown_link_is_explained_to_people_and_coded_for_programs(client):
    answer = client.get("/c/12.nonsense")
    assert answer.status_code == 404
    assert "There is nothing here" in text(answer.text)
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    answer = client.get("/c/12.nonsense", headers={"Accept": "*/*"})
    assert answer.content_type == "application/problem+json"
    assert answer.get_json(force=True)["code"] == "unknown_link"


def test_a_genuine_token_of_something_gone_is_unknown_too(client):
    assert client.get(f"/c/{own_pages.token(999, b'12345678')}").status_code == 404
    assert client.get(f"/t/{links.make('task', 999, 1)}").status_code == 404
    assert client.get(f"/s/{links.make('contact', 999)}").status_code == 404


def test_assets_are_kept_for_good_under_their_digest(client):
    answer = client.get(assets.address("reknock.css"), headers={"Accept-Encoding": "gzip"})
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.content_type == "text/css; charset=utf-8"
    plain = client.get(assets.address("reknock.css"), headers={"Accept-Encoding": "identity"})
    assert gzip.decompress(answer.data) == plain.data
    old = client.get("/assets/000000000000/reknock.css")
    assert (old.status_code, old.headers["Cache-Control"]) == (200, "no-cache")
    assert client.get("/assets/000000000000/nothing.css").status_code == 404
    assert client.get("/assets/0/..%2f..%2fpages.py").status_code == 404
    assert client.get("/favicon.ico").status_code == 200


def test_times_are_said_on_the_clocks_of_the_place():
    now = datetime(2026, 11, 21, 7, 30, tzinfo=UTC)  # the evening before in California
    when = When("America/Los_Angeles", now)
    assert when.moment(now) == "today at 23:30"
    assert when.moment(now + timedelta(minutes=30)) == "tomorrow at 00:00"
    assert when.moment(now - timedelta(days=1)) == "yesterday at 23:30"
    assert when.day(now + timedelta(days=5)) == "Wednesday 25 November"
    assert when.day(now + timedelta(days=60)) == "Tuesday 19 January 2027"
    assert when.window(now - timedelta(hours=3), now) == "today, 20:30–23:30"
    assert when.window(now, now + timedelta(hours=1)) == (
        "from today at 23:30 until tomorrow at 00:30"
    )
    assert when.short(now) == "Fri 20 Nov, 23:30"
    assert when.until(now + timedelta(minutes=4, seconds=59)) == "in 4 min"
    assert when.until(now) == "now"


_UNITS = {"s": 1, "min": 60, "h": 3600, "day": 86400, "days": 86400}


def _seconds(said: str) -> int:
    words = said.removeprefix("in ").split()
    return sum(int(n) * _UNITS[unit] for n, unit in zip(words[::2], words[1::2], strict=True))


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (40, "40 s"),
        (5400, "1 h 30 min"),
        (5 * 3600 - 1, "4 h"),
        (129600, "1 day 12 h"),
        (49 * 3600, "2 days 1 h"),
        (3 * 86400, "3 days"),
        (6 * 86400 - 60, "5 days"),
    ],
)
def test_a_duration_is_said_as_people_say_it(seconds, said):
    assert length(timedelta(seconds=seconds)) == said


@given(st.integers(0, 60 * 86400 * 10**6))
def test_no_duration_is_said_longer_than_it_is_nor_a_wait_shorter(microseconds):
    span = timedelta(microseconds=microseconds)
    when = When("UTC", datetime(2026, 3, 28, 9, tzinfo=UTC))
    exact = span.total_seconds()
    for said in (length(span), when.countdown(when.now + span), when.until(when.now + span)):
        told = 0 if said == "now" else _seconds(said)
        assert told <= exact
        assert exact - told <= max(1, exact / 2)
    assert exact <= _seconds(within(span)) <= max(exact * 1.5, exact + 1)


@pytest.mark.parametrize("address", ["/nonsense", "/t/", "/api/nothing"])
def test_whoever_mistypes_an_address_is_answered_calmly(client, address):
    answer = client.get(address)
    assert answer.status_code == 404
    assert "This address does not lead anywhere." in text(answer.text)
    document = client.get(address, headers={"Accept": "*/*"})
    assert document.content_type == "application/problem+json"
    assert document.get_json()["code"] == "not_found"


def test_a_link_that_was_copied_with_a_slash_is_the_same_link(client, addresses):
    for address in addresses.values():
        assert client.get(f"{address}/").status_code == 200


def test_whoever_knows_only_our_name_is_led_in(client, env):
    assert client.get("/").location == "/playground"
    production = create_app(load({**env, "REKNOCK_DEMO": "0"})).test_client()
    assert production.get("/").location == "/console"

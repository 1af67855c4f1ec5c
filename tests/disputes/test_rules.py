"""What a courier's report of an attempt is held against."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.directory.rotas.model import Opening
from app.disputes import evidence, rules
from app.disputes.rules import Attempt, Result, Scan

NOON = datetime(2026, 6, 10, 19, 0, tzinfo=UTC)  # 12:00 in Los Angeles
DEPOT = Opening("America/Los_Angeles")
HOME = (33.8353, -117.9145)


def checks(
    at: datetime = NOON, scans: tuple[Scan, ...] = (), body: Any = None
) -> dict[str, tuple[str, dict[str, Any]]]:
    attempt = Attempt(1, at, "recipient_unavailable", "", "")
    found = rules.checks(attempt, DEPOT, None, scans, body)
    return {check.check: (str(check.result), dict(check.found)) for check in found}


@pytest.mark.parametrize(
    ("hours", "result"), [(0, "open"), (-7, "contradicts"), (9.9, "open"), (10, "contradicts")]
)
def test_nobody_rings_at_night(hours: float, result: str) -> None:
    assert checks(NOON + timedelta(hours=hours))["hours"][0] == result


def test_a_parcel_that_was_not_on_tour_was_not_tried() -> None:
    assert "scan" not in checks(scans=(Scan(NOON, on_tour=False),)), "this courier never says so"
    out = Scan(NOON - timedelta(hours=4), on_tour=True)
    assert checks(scans=(out,))["scan"][0] == "supports"
    days_before = Scan(NOON - timedelta(days=2), on_tour=True)
    assert checks(scans=(days_before,))["scan"][0] == "contradicts"


@pytest.mark.parametrize(
    ("driver", "result"),
    [
        ((33.8354, -117.9146), "supports"),
        ((33.8378, -117.9145), "open"),
        ((33.9, -118), "contradicts"),
    ],
)
@pytest.mark.parametrize("shape", ["pairs", "names"])
def test_the_drivers_position_is_held_against_the_address(
    driver: tuple[float, float], result: str, shape: str
) -> None:
    if shape == "pairs":
        body: Any = {
            "task": {
                "destination": {"location": list(HOME[::-1])},
                "completionDetails": {"lastLocation": list(driver[::-1])},
                "pickup": {"location": [1.5, 1.5]},
            }
        }
    else:
        body = {
            "courier": {"location": {"lat": str(driver[0]), "lng": str(driver[1])}},
            "dropoff": {"location": {"lat": HOME[0], "lng": HOME[1]}},
        }
    assert checks(body=body)["position"][0] == result


@pytest.mark.parametrize(
    ("body", "sent"),
    [
        ({"data": {"photoUploadIds": ["abc"]}}, True),
        ({"data": {"photoUploadIds": [], "photoUploadId": None}}, False),
        ({"proof_image": "https://c.example/1.jpg"}, True),
        ({"words": "no photo"}, False),
    ],
)
def test_a_photo_that_the_courier_sent_is_seen(body: Any, sent: bool) -> None:
    assert ("photo" in checks(body=body)) is sent


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["lat", "lng", "location", "destination", "photo", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_whatever_a_courier_sends_is_held_against_without_harm(body: Any) -> None:
    found = rules.checks(Attempt(1, NOON, "", "", ""), DEPOT, None, (), body)
    assert rules.finding(found) in Result


@given(st.sets(st.sampled_from(list(Result))))
def test_one_contradiction_is_enough(results: set[Result]) -> None:
    found = [rules.Check("any", result, {}) for result in results]
    expected = Result.OPEN
    for result in (Result.SUPPORTS, Result.CONTRADICTS):
        expected = result if result in results else expected
    assert rules.finding(found) is expected


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=9)))
def test_a_digest_is_of_the_content_whatever_its_order(content: dict[str, Any]) -> None:
    turned = dict(reversed(content.items()))
    kind, by = evidence.Kind.NOTE, evidence.Source.CUSTOMER
    one, other = (evidence.piece(kind, by, NOON, c, b"key") for c in (content, turned))
    assert one.sha256 == other.sha256
    assert one.bytes == len(evidence.canonical(content))
    assert one.sha256 != evidence.piece(kind, by, NOON, content, b"another").sha256
    raw = evidence.piece(kind, by, NOON, content, b"key", b"as it came")
    assert raw.sha256 == hashlib.sha256(b"key" + b"as it came").hexdigest()

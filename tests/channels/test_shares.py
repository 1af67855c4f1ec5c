"""Shares of providers: away from one that fails or is slow, and back when it is well."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st

from app.channels import providers
from app.channels.providers import _chosen, _others, _shares
from app.channels.providers.base import Provider
from app.channels.shares import rules
from app.channels.shares.rules import Seen
from app.channels.shares.service import DECIDES_EVERY, Watch
from app.settings import Settings
from tests.channels.world import carried_by, read

NAMES = ["heron", "stork", "crane"]
SHARES = st.lists(st.integers(0, 100), min_size=2, max_size=2).map(sorted)


def three(cuts: list[int]) -> dict[str, int]:
    low, high = cuts
    return dict(zip(NAMES, (low, high - low, 100 - high), strict=True))


def seen(calls: int, part: float) -> Seen:
    return Seen(calls, round(calls * part))


SEEN = st.builds(seen, st.integers(0, 200), st.floats(0, 1))


@given(SHARES.map(three), st.lists(SEEN, min_size=3, max_size=3), st.booleans())
def test_a_hundred_are_shared_out_whatever_happens(
    shares: dict[str, int], found: list[Seen], rested: bool
) -> None:
    by_name = dict(zip(NAMES, found, strict=True))
    moved = rules.move(rules.home(NAMES), shares, by_name, rested=rested)
    assert sum(moved.values()) == 100
    assert min(moved.values()) >= 0
    picked = Counter(rules.pick(moved, number) for number in range(100))
    assert picked == Counter({name: share for name, share in moved.items() if share})


@given(SHARES.map(three), st.floats(0.3, 1), st.integers(5, 500))
def test_where_all_do_equally_badly_nothing_moves(
    shares: dict[str, int], part: float, calls: int
) -> None:
    by_name = dict.fromkeys(NAMES, seen(calls, part))
    assert rules.move(rules.home(NAMES), shares, by_name, rested=False) == shares


def run(
    traffic: int, rounds: int, ill: set[str], shares: dict[str, int], seed: int
) -> list[dict[str, int]]:
    """The shares after each decision; those that are `ill` fail four calls of five."""
    chance, kept = random.Random(seed), dict.fromkeys(shares, Seen(0, 0))
    found: list[dict[str, int]] = []
    for number in range(rounds):
        for call in range(traffic):
            name = rules.pick(shares, number * traffic + call)
            bad = name in ill and chance.random() < 0.8
            kept[name] = Seen(kept[name].calls + 1, kept[name].bad + bad)
        moved = rules.move(rules.home(list(shares)), shares, kept, rested=False)
        for name in rules.forget(shares, kept):
            kept[name] = Seen(0, 0)
        shares = moved
        found.append(shares)
    return found


@settings_of_hypothesis(max_examples=20)
@given(st.integers(3, 60), st.integers(0, 1000))
def test_it_drifts_away_and_comes_home_and_never_to_and_fro(traffic: int, seed: int) -> None:
    pair = {"heron": 100, "stork": 0}
    away = run(traffic, 100, {"heron"}, pair, seed)
    assert away[-1]["heron"] <= 15
    back = run(traffic, 300, set(), away[-1], seed)
    assert back[-1] == pair
    turns = [one["heron"] for one in back]
    assert turns == sorted(turns)  # step by step, and never away again
    both = run(traffic, 300, {"heron", "stork"}, pair, seed)
    changes = sum(one != other for one, other in pairwise(both))
    assert changes <= 15  # of 300: what chance alone does


@pytest.fixture
def two(settings: Settings) -> Iterator[None]:
    """Two providers of text messages."""
    providers._chosen.clear()
    for name in ("heron", "stork"):
        one = carried_by("sms", object())  # type: ignore[arg-type]
        made = one._replace(provider=Provider(name=name, package="", channels=("sms",)))
        if name == "heron":
            _chosen["sms"] = made
        else:
            _others["sms"] = [made]
    yield
    for place in (_chosen, _others, _shares):
        place.clear()


def turns() -> Counter[str]:
    found: Counter[str] = Counter()
    for number in range(100):
        chosen = providers.turn_of("sms", "+1", number)
        assert chosen
        found[chosen.provider.name] += 1
    return found


def test_processes_decide_together_and_all_use_it(two: None) -> None:
    one, other = Watch(), Watch()
    assert turns() == {"heron": 100}
    one.tell()
    for _ in range(3):  # too few for each of them, and enough together
        one.heard("sms", "heron", timedelta(seconds=1), failed=True)
        other.heard("sms", "heron", timedelta(seconds=9), failed=False)
    one.tell()
    move_machine(DECIDES_EVERY)
    other.tell()
    assert turns() == {"heron": 50, "stork": 50}
    _shares.clear()
    one.tell()
    assert turns() == {"heron": 50, "stork": 50}
    assert {row["provider"]: row["share"] for row in read("SELECT * FROM provider_shares")} == {
        "heron": 50,
        "stork": 50,
    }


def move_machine(by: timedelta) -> None:
    """As if what is known had been decided so long ago."""
    read("UPDATE provider_shares SET moved_at = moved_at - %s RETURNING 1", by)


def test_what_one_refused_for_now_the_other_is_asked_for(two: None) -> None:
    asked = providers.turn_of("sms", "+1", 7, not_by="heron")
    assert asked
    assert asked.provider.name == "stork"
    assert providers.named("sms", "+1", "stork") == asked
    assert providers.named("sms", "+1", "crane") is None

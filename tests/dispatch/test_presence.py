"""Who looks at what stands in Redis: lost without harm, and gone by itself."""

from __future__ import annotations

import pytest
import redis

from app import languages
from app.dispatch import presence
from app.dispatch.presence import Looks


@pytest.fixture
def here(servers):
    servers.empty_redis()
    presence.configure(servers.redis.url)
    yield
    presence.configure("")


def test_everybody_sees_the_others_and_nobody_themselves(here):
    ana = Looks("Ana", "1", 7, writing=False)
    assert presence.exchange(ana, "Ana") == {}
    ben = presence.told("Ben Or", {"page": "2", "at": "7", "writing": "1"})
    assert ben
    assert presence.exchange(ben, "Ben Or") == {7: [ana]}
    assert presence.exchange(None, "Cleo") == {7: [ana, ben]}
    assert presence.words([ana, ben], languages.get()) == "Ben Or is writing here, Ana is looking"
    assert presence.words([ana, ana._replace(page="9")], languages.get()) == "Ana is looking"
    moved = ana._replace(task_id=8)
    presence.exchange(moved, "Ana")
    assert presence.exchange(None, "Ben Or") == {8: [moved]}


def test_who_is_gone_is_forgotten(here, monkeypatch):
    monkeypatch.setattr(presence, "STAYS", -1.0)
    presence.exchange(Looks("Ana", "1", 7, writing=False), "Ana")
    assert presence.exchange(None, "Ben") == {}


@pytest.mark.parametrize(
    "said", [{}, {"page": "x"}, {"at": "7"}, {"page": "é", "at": "7"}, {"page": "1", "at": "x"}]
)
def test_what_says_nothing_is_nowhere(said):
    assert presence.told("Ana", said) is None


def test_nobody_waits_for_a_redis_that_is_away(servers, monkeypatch):
    asked = []

    def connect(connection):
        asked.append(connection)
        raise redis.ConnectionError

    monkeypatch.setattr(redis.Connection, "connect", connect)
    presence.configure("redis://127.0.0.1:1/0")
    assert presence.exchange(Looks("Ana", "1", 7, writing=False), "Ana") == {}
    once = len(asked)
    assert once > 0
    for _ in range(100):
        presence.exchange(None, "Ana")
    assert len(asked) == once
    presence.configure("")

"""After hours without a sender nothing that reminds leaves together with what it reminds of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from app import clock
from app.channels import rules, templates_store
from app.channels.providers.base import Accepted, Outgoing
from app.channels.providers.playground.sending import Playground
from app.db.connection import connection
from app.settings import Settings
from tests import inline
from tests.inline import advance, settle
from tests.play import Play

NOON = datetime.fromisoformat("2026-11-27T12:00:00+00:00")
HOUR = timedelta(hours=1)
LATE = "This comes later than it should, and an hour in it may have passed:"


@pytest.fixture
def play(settings: Settings) -> Play:
    return Play(settings)


@contextmanager
def no_sender(hours: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Steps run for so long, and nothing leaves; then everything that waited does."""
    with monkeypatch.context() as patch:
        patch.setattr(inline, "send_due", lambda: 0)
        yield
        for _ in range(hours * 2):
            clock.advance(HOUR / 2)
            settle()
    settle()


def left(play: Play, case_id: int, audience: str, *topics: str) -> list[datetime]:
    """When these messages left, the first one first."""
    rows = play.messages(case_id, audience=audience, state="delivered")
    return sorted(row["done_at"] for row in rows if row["topic"] in topics)


def pauses(at: list[datetime]) -> list[timedelta]:
    return [after - before for before, after in pairwise(at)]


def test_what_piled_up_leaves_as_one_message_that_says_it_is_late(
    play: Play, monkeypatch: pytest.MonkeyPatch
):
    with no_sender(30, monkeypatch):
        case_id = play.courier()
    (said,) = play.messages(case_id, audience="customer", state="delivered")
    assert said["topic"] == "failure"
    assert said["text"].startswith(f"{LATE} Your ")
    assert "could not be delivered" in said["text"]
    newest = play.messages(case_id, audience="customer", why="in_bundle")[-1]
    assert said["text"].endswith(newest["text"]), "how it stands now, and the hour that is kept"


def test_a_single_text_that_is_late_is_still_one_that_its_provider_knows(
    play: Play, monkeypatch: pytest.MonkeyPatch
):
    with monkeypatch.context() as patch:
        patch.setattr(inline, "send_due", lambda: 0)
        case_id = play.courier()
        clock.advance(HOUR / 2)
        settle()
        run = connection().execute
        run("UPDATE message_words SET template = 'known', made_of = '[]'")
        clock.advance(26 * HOUR)
    inline.send_due()
    waited = play.messages(case_id, audience="customer", state="delivered")[0]
    (words,) = run(
        "SELECT text, template FROM message_words WHERE message_id = %s", [waited["id"]]
    ).fetchall()
    assert words["text"].startswith(LATE)
    assert words["template"] == "known"


def test_of_texts_that_were_put_together_no_template_says_a_part(
    play: Play, monkeypatch: pytest.MonkeyPatch
):
    sent: list[Outgoing] = []
    send = Playground.send

    def sends(self: Playground, message: Outgoing) -> Accepted:
        sent.append(message)
        return send(self, message)

    monkeypatch.setattr(Playground, "send", sends)
    known = templates_store.Text(play.world.shipper_id, "sms", "known", "en", "playground")
    templates_store.put(connection(), known, "HX1", None, None)
    with monkeypatch.context() as patch:
        patch.setattr(inline, "send_due", lambda: 0)
        case_id = play.courier()
        for _ in range(60):
            clock.advance(HOUR / 2)
            settle()
        connection().execute("UPDATE message_words SET template = 'known', made_of = '[]'")
    inline.send_due()
    (said,) = play.messages(case_id, audience="customer", state="delivered")
    (went,) = [one for one in sent if one.id == said["id"]]
    assert play.messages(case_id, why="in_bundle")
    assert went.template is None
    row = connection().execute(
        "SELECT template, made_of FROM message_words WHERE message_id = %s", [said["id"]]
    )
    assert row.fetchone() == {"template": None, "made_of": None}


def test_what_is_late_and_names_no_hour_that_passed_says_nothing_of_it(
    play: Play, monkeypatch: pytest.MonkeyPatch
):
    with no_sender(5, monkeypatch):
        case_id = play.courier()
    (said,) = play.messages(case_id, audience="customer", state="delivered")
    assert LATE not in said["text"]


@pytest.mark.parametrize("hours", [1, 5, 9, 30])
def test_a_reminder_to_choose(play: Play, monkeypatch: pytest.MonkeyPatch, hours: int):
    case_id = play.courier(email="kim@example.com")
    with no_sender(hours, monkeypatch):
        pass
    for _ in range(12):
        advance(hours=1)
    at = left(play, case_id, "customer", "failure", "reminder")
    assert len(at) == 2
    assert min(pauses(at)) >= 2 * HOUR


def test_a_reminder_to_choose_after_one_leap_of_time(play: Play):
    case_id = play.courier(email="kim@example.com")
    clock.advance(9 * HOUR)
    settle()
    for _ in range(12):
        advance(hours=1)
    at = left(play, case_id, "customer", "failure", "reminder")
    assert len(at) == 2
    assert min(pauses(at)) >= 2 * HOUR


def test_a_reminder_that_waits_longer_than_until_the_next_word_is_not_said(
    play: Play, monkeypatch: pytest.MonkeyPatch
):
    case_id = play.courier(email="kim@example.com")
    advance(minutes=30)
    with no_sender(30, monkeypatch):
        pass
    (reminder,) = play.messages(case_id, topic="reminder")
    assert (reminder["state"], reminder["why"]) == ("suppressed", "too_late")


def test_a_survey_and_the_second_time_it_is_asked(play: Play, monkeypatch: pytest.MonkeyPatch):
    case_id = play.courier()
    advance(minutes=30)
    play.courier("delivered")
    with no_sender(24 * 3, monkeypatch):
        pass
    assert len(left(play, case_id, "customer", "survey")) == 1
    for _ in range(24 * 3):
        advance(hours=1)
    (pause,) = pauses(left(play, case_id, "customer", "survey"))
    assert pause >= 47 * HOUR


def test_a_shipper_who_is_asked_to_decide(play: Play, monkeypatch: pytest.MonkeyPatch):
    case_id = play.courier()
    advance(minutes=30)
    with no_sender(6, monkeypatch):
        play.courier("lost")
    assert len(left(play, case_id, "shipper", "decision")) == 1
    for _ in range(40):
        advance(hours=1)
    assert min(pauses(left(play, case_id, "shipper", "decision"))) >= HOUR


def test_a_shipper_who_is_asked_for_a_number(play: Play, monkeypatch: pytest.MonkeyPatch):
    with no_sender(26, monkeypatch):
        case_id = play.courier(phone="", email="")
    assert len(left(play, case_id, "shipper", "contact")) == 1
    for _ in range(26):
        advance(hours=1)
    (pause,) = pauses(left(play, case_id, "shipper", "contact"))
    assert pause >= 23 * HOUR


def test_whoever_is_called_at_a_depot_hears_of_it_once(play: Play, monkeypatch: pytest.MonkeyPatch):
    with no_sender(9, monkeypatch):
        case_id = play.courier()
    rows: list[dict[str, Any]] = play.messages(case_id, audience="dispatcher", state="delivered")
    ways = [(row["recipient"], row["channel"]) for row in rows]
    assert ways
    assert len(ways) == len(set(ways))


@pytest.mark.parametrize(
    ("came", "again"),
    [(None, 0), (-50, 0), (-48, 0), (-47.9, 0), (-40, 8), (0, 48)],
)
def test_it_counts_from_when_they_heard(came: float | None, again: float):
    at = came if came is None else NOON + came * HOUR
    assert rules.reminds_at(at, 48 * HOUR, NOON) == NOON + again * HOUR

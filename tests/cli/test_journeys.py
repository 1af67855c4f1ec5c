"""Random people live through deliveries that failed, and nobody is left in silence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from app import configure
from app.channels import providers
from app.cli.journeys import audit, naive, run, sleep, stage
from app.cli.journeys.audit import ZEROS, Hour, Told, Word
from app.cli.journeys.cast import DAY, HOUR, MINUTE, draw
from app.cli.journeys.places import PLACES
from app.cli.simulate import command
from app.locality import zones
from app.settings import Settings

AT = datetime(2033, 10, 4, 16, tzinfo=UTC)
"""A Tuesday, nine in the morning in Anaheim."""
HERE = PLACES[0]


@pytest.fixture(scope="module")
def story() -> Told:
    """Somebody in Anaheim who can be reached, and heard of it at nine."""
    journey = replace(draw(1, 1, AT), place=HERE, reach="both", acts=())
    return Told(journey, opened_at=AT, until=AT + 30 * DAY, words=[word(AT)])


def word(at: datetime, topic: str = "news", channel: str = "sms", to: str = "+1714") -> Word:
    return Word(at, channel, to, topic, arrived=True)


def found(story: Told, **more: Any) -> list[str]:
    """What is found in this story, with this instead."""
    told = audit.findings([replace(story, **more)], stage.POLICY)
    return [one.zero for one in told]


def test_some_journeys_through_the_real_engine_leave_nobody_in_silence(settings: Settings):
    configure(settings)
    journeys = run.draw(5, 8)
    told = run.play(journeys, 5)
    providers._chosen.clear()
    findings, ours = run.judge(told)
    assert findings == []
    assert ours["cases"] >= 6
    assert ours["resolved"] == 1
    assert sum(len(story.words) for story in told) > 2 * ours["cases"]
    _, theirs = run.judge(naive.play(journeys, max(one.until for one in told if one.until)))
    assert theirs["silent"] > 0
    assert theirs["night"] > 0


def test_the_same_seed_draws_the_same_people():
    assert draw(7, 30, AT) == draw(7, 30, AT)
    assert draw(7, 30, AT) != draw(8, 30, AT)
    drawn = [draw(1, number, AT) for number in range(400)]
    assert {one.place for one in drawn} == set(PLACES)
    assert len({one.language for one in drawn}) == 8
    assert len({one.place.zone for one in drawn}) >= 12
    assert len({one.phone for one in drawn}) == 400


def test_every_place_of_these_journeys_keeps_the_clocks_that_are_written_down():
    for place in PLACES:
        assert zones.of(place.address(1), "Etc/UTC") == place.zone, place.city


def test_an_hour_that_passes_without_a_word_is_found(story: Told):
    hour = Hour("news", AT, AT + DAY, AT + DAY)
    assert found(story, hours=[hour]) == ["silent"]
    in_time, late = AT + DAY - HOUR, AT + DAY + HOUR
    assert found(story, hours=[hour], words=[word(AT), word(in_time)]) == []
    assert found(story, hours=[hour], words=[word(AT), word(late)]) == ["silent"]
    assert found(story, hours=[hour], acted=[in_time]) == []
    assert found(story, hours=[hour], closed_at=in_time) == []
    assert found(story, hours=[hour], words=[]) == [], "they never read of it"


def test_a_word_at_night_is_found_unless_they_asked_for_it(story: Told):
    night = AT + 13 * HOUR  # ten in the evening
    assert found(story, words=[word(night)]) == ["night"]
    assert found(story, words=[word(night, "question")]) == ["night"]
    assert found(story, words=[word(night, "question")], acted=[night - MINUTE]) == []


def test_a_word_after_stop_is_found_until_they_take_it_back(story: Told):
    after, way = AT + HOUR, ("sms", "+1714")
    stopped = [(AT + MINUTE, *way)]
    assert found(story, words=[word(after)], stopped=stopped) == ["stopped"]
    assert found(story, words=[word(after, channel="email")], stopped=stopped) == []
    later = [(after + MINUTE, *way)]
    assert found(story, words=[word(after)], stopped=stopped, started=later) == ["stopped"]
    confirmed = word(AT + 2 * MINUTE, "refusal")
    assert found(story, words=[confirmed], stopped=stopped) == []
    assert found(story, words=[word(after, "refusal")], stopped=stopped) == ["stopped"]
    back = [(after - MINUTE, *way)]
    assert found(story, words=[word(after)], stopped=stopped, started=back) == []


def test_a_spare_word_beyond_the_days_is_found(story: Told):
    words = [word(AT + number * HOUR) for number in range(3)]
    assert found(story, words=words) == []
    assert found(story, words=[*words, word(AT + 4 * HOUR, "reminder")]) == ["cap"]
    assert found(story, words=[*words, word(AT + 25 * HOUR, "reminder")]) == []


def test_who_sleeps_is_known_by_a_table_of_its_own():
    lyon = next(place for place in PLACES if place.city == "Lyon")
    dubai = next(place for place in PLACES if place.city == "Dubai")
    night = stage.POLICY["quiet_hours"]
    eight = datetime(2033, 10, 4, 18, 0, tzinfo=UTC)  # a Tuesday, 20:00 in France
    assert sleep.asleep(eight, lyon, night)
    assert not sleep.asleep(eight - MINUTE, lyon, night)
    sunday = datetime(2033, 10, 9, 7, 30, tzinfo=UTC)  # 9:30 there
    assert sleep.asleep(sunday, lyon, night)
    friday = datetime(2033, 10, 7, 9, tzinfo=UTC)  # 13:00 in Dubai
    assert sleep.asleep(friday, dubai, night)
    assert not sleep.asleep(friday + timedelta(hours=2), dubai, night)


def test_the_command_says_what_it_does_and_refuses_nonsense():
    helped = CliRunner().invoke(command, ["journeys", "--help"])
    assert "Example: reknock simulate journeys" in helped.output
    assert CliRunner().invoke(command, ["journeys", "--cases", "0"]).exit_code == 2
    assert len(ZEROS) == 5


@pytest.fixture(autouse=True)
def _nobody_carries() -> Iterator[None]:
    yield
    providers._chosen.clear()

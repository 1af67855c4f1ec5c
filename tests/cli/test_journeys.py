"""Random people live through deliveries that failed, and nobody is left in silence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from app import clock, configure, json_body, languages
from app.channels import providers
from app.cli.journeys import audit, couriers, naive, run, said, sleep, stage
from app.cli.journeys.audit import ZEROS
from app.cli.journeys.cast import DAY, HOUR, MINUTE, Act, Do, draw
from app.cli.journeys.places import PLACES, Place
from app.cli.journeys.told import Acted, Called, Hour, Told, Word
from app.cli.simulate import command
from app.intake import bodies, samples
from app.intake.event import Account, Incoming
from app.intake.samples.recipes import RECIPES
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


def word(
    at: datetime, topic: str = "news", channel: str = "sms", to: str = "+1714", **more: Any
) -> Word:
    return Word(at, channel, to, topic, **({"arrived": True} | more))


def says(sentence: str, by: datetime, place: Place = HERE, code: str = "en") -> str:
    """The sentence with this hour, as somebody there reads it."""
    language = languages.get(code, place.country)
    return language.say(sentence, by=language.date(clock.local(by, place.zone), "short"))


NEWS, CHOOSE = "Next news by {by}.", "If you don't choose by {by}, we'll book for you."


def promised(by: datetime, sentence: str = NEWS, at: datetime = AT) -> dict[str, Any]:
    """A story in which this hour was said, and is kept as a row."""
    return {
        "hours": [Hour("news", at, by, by)],
        "words": [word(at, text=says(sentence, by))],
        "ways": frozenset({("sms", "+1714")}),
    }


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
    assert 360 < len({one.phone for one in drawn}) < 395, "some wait for two parcels"


def test_every_place_of_these_journeys_keeps_the_clocks_that_are_written_down():
    for place in PLACES:
        assert zones.of(place.address(1), "Etc/UTC") == place.zone, place.city


@given(
    st.sampled_from(PLACES),
    st.sampled_from(sorted(languages.known())),
    st.integers(0, 60 * 24 * 9).map(lambda minutes: AT + minutes * MINUTE),
    st.sampled_from(sorted(said.SENTENCES)),
    st.sampled_from([MINUTE, HOUR, 3 * DAY]),
)
def test_any_hour_is_read_back_from_the_words_of_any_language(
    place: Place, code: str, at: datetime, sentence: str, before: timedelta
):
    language = languages.get(code, place.country)
    hour = language.date(clock.local(at, place.zone), "short")
    known = {"by": hour, "moment": hour, "names": "Ana", "shipper": "Oak", "often": "3 times"}
    text = f"Oak 7:30. {language.say(sentence, **known, since=hour)} https://example.com/c/1"
    (read,) = said.hours(text, place.zone, at - before)
    assert read.kind == said.SENTENCES[sentence]
    assert read.at == at


def test_a_window_is_read_to_its_end_and_a_day_that_does_not_exist_is_none():
    confirmed = "Your Oak parcel ORD-1: new delivery confirmed, Tue, Oct 4, 8:00 PM-12:30 AM."
    (read,) = said.hours(confirmed, HERE.zone, AT)
    assert (read.kind, read.at) == ("window", datetime(2033, 10, 5, 7, 30, tzinfo=UTC))
    (wrong,) = said.hours("Next news by Mon, Oct 4, 8:00 PM.", HERE.zone, AT)
    assert wrong.at is None, "the fourth is a Tuesday"


def test_an_hour_that_passes_without_a_word_is_found(story: Told):
    by = AT + DAY
    known = promised(by)
    first = known["words"]
    assert found(story, **known) == ["silent"]
    in_time, late = by - HOUR, by + HOUR
    assert found(story, **(known | {"words": [*first, word(in_time)]})) == []
    assert found(story, **(known | {"words": [*first, word(late)]})) == ["silent"]
    assert found(story, **known, acts=[Acted(in_time, Do.SPEAK)]) == ["silent"]
    closed = {"closed_at": in_time, "resolution": "delivered"}
    assert found(story, **known, **closed) == []
    assert found(story, **known, **(closed | {"resolution": "refunded"})) == ["silent"]
    unread = replace(first[0], arrived=False)
    assert found(story, **(known | {"words": [unread]})) == [], "they never read of it"


def test_a_word_that_did_not_arrive_is_none_unless_somebody_is_called(story: Told):
    known = promised(AT + DAY)
    lost = word(AT + DAY - HOUR, arrived=False)
    failed = known | {"words": [*known["words"], lost]}
    assert found(story, **failed) == ["silent"]
    called = Called(lost.at + MINUTE, "shipper", "contact")
    assert found(story, **failed, calls=[called]) == []
    before = Called(lost.at - MINUTE, "shipper", "contact")
    assert found(story, **failed, calls=[before]) == ["silent"]
    by_mail = word(lost.at + MINUTE, channel="email", to="kim@example.com")
    assert found(story, **(failed | {"words": [*failed["words"], by_mail]})) == []
    stopped = [(AT + HOUR, "sms", "+1714")]
    assert found(story, **known, stopped=stopped) == [], "there is no way left"
    both = known | {"ways": frozenset({("sms", "+1714"), ("email", "kim@example.com")})}
    assert found(story, **both, stopped=stopped) == ["silent"]


def test_who_was_to_choose_hears_what_became_of_it(story: Told):
    known = promised(AT + DAY, CHOOSE)
    assert found(story, **known) == ["silent"]
    booked = word(AT + DAY + MINUTE, "booking", text="you did not choose, so we asked for")
    assert found(story, **(known | {"words": [*known["words"], booked]})) == []
    again = word(AT + HOUR, "news", text="Still working on it. " + known["words"][0].text)
    assert found(story, **(known | {"words": [*known["words"], again]})) == ["silent"]


def test_an_hour_that_is_said_and_not_kept_is_found(story: Told):
    by = AT + DAY
    kept = promised(by) | {"closed_at": by, "resolution": "delivered"}
    assert found(story, **kept) == []
    elsewhere = word(AT, text=says(NEWS, by, PLACES[1]))
    assert found(story, **(kept | {"words": [elsewhere]})) == ["misread"]
    assert found(story, **(kept | {"hours": []})) == ["misread"]
    over = word(by, text=says(CHOOSE, by - HOUR))
    assert "misread" in found(story, **(kept | {"words": [over]}))


def test_what_nobody_answers_or_hears_of_is_found(story: Told):
    asked = [Acted(AT + HOUR, Do.WRITE)]
    known: dict[str, Any] = {"ways": frozenset({("sms", "+1714")})}
    assert found(story, **known, acts=asked) == ["ignored"]
    answered = [word(AT), word(AT + HOUR + MINUTE, "question")]
    assert found(story, **known, acts=asked, words=answered) == []
    refused = [Acted(AT + HOUR, Do.CHOOSE, done=False)]
    assert found(story, **known, acts=refused) == [], "the page said so"
    assert found(story, chosen=[AT]) == ["unheard"]
    told = [Called(AT + HOUR, "dispatcher", "handover")]
    assert found(story, chosen=[AT], calls=told) == []
    assert found(story, chosen=[AT], closed_at=AT + HOUR) == []


def test_a_word_at_night_is_found_unless_they_asked_for_it(story: Told):
    night = AT + 13 * HOUR  # ten in the evening
    assert found(story, words=[word(night)]) == ["night"]
    assert found(story, words=[word(night, "question")]) == ["night"]
    acts = [Acted(night - MINUTE, Do.SPEAK)]
    assert found(story, words=[word(night, "question")], acts=acts) == []
    long_ago = [Acted(night - 9 * HOUR, Do.SPEAK)]
    assert found(story, words=[word(night, "question")], acts=long_ago) == ["night"]


def test_a_word_after_stop_is_found_until_they_take_it_back(story: Told):
    after, way = AT + HOUR, ("sms", "+1714")
    stopped = [(AT + MINUTE, *way)]
    assert found(story, words=[word(after)], stopped=stopped) == ["stopped"]
    assert found(story, words=[word(after, channel="email")], stopped=stopped) == []
    assert found(story, words=[word(after, channel="voice")], stopped=stopped) == ["stopped"]
    assert found(story, words=[word(after, to="+1949")], stopped=stopped) == ["stopped"]
    abroad = word(after, channel="voice", to="+4930")
    assert found(story, words=[abroad], stopped=[(AT + MINUTE, "sms", "+4915")]) == []
    later = [(after + MINUTE, *way)]
    assert found(story, words=[word(after)], stopped=stopped, started=later) == ["stopped"]
    confirmed = word(AT + 2 * MINUTE, "refusal")
    assert found(story, words=[confirmed], stopped=stopped) == []
    assert found(story, words=[word(after, "refusal")], stopped=stopped) == ["stopped"]
    back = [(after - MINUTE, *way)]
    assert found(story, words=[word(after)], stopped=stopped, started=back) == []


def test_a_spare_word_beyond_the_days_is_found(story: Told):
    words = [word(AT + number * 3 * HOUR) for number in range(3)]
    assert found(story, words=words) == []
    assert found(story, words=[*words, word(AT + 12 * HOUR - MINUTE, "reminder")]) == ["cap"]
    assert found(story, words=[*words, word(AT + 12 * HOUR - MINUTE, "failure")]) == []
    assert found(story, words=[*words, word(AT + 25 * HOUR, "reminder")]) == []
    twice = [*words[:2], word(AT + 6 * HOUR), word(AT + 6 * HOUR + MINUTE, channel="email")]
    assert found(story, words=twice) == [], "the same word by a second way is one"


def test_what_comes_twice_or_on_top_of_another_is_found(story: Told):
    first = word(AT, "failure", text="It could not be delivered")
    assert found(story, words=[first, replace(first, at=AT + HOUR)]) == ["heaped"]
    assert found(story, words=[first, replace(first, channel="email", recipient="kim")]) == []
    reminded = word(AT + 30 * MINUTE, "reminder", "email", text="Please choose")
    assert found(story, words=[first, reminded]) == ["heaped"]
    assert found(story, words=[first, replace(reminded, at=AT + 2 * HOUR)]) == []


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
    assert len(ZEROS) == 9


@pytest.fixture(autouse=True)
def _nobody_carries() -> Iterator[None]:
    yield
    providers._chosen.clear()


@pytest.mark.parametrize("courier", [name for name, one in RECIPES.items() if one.contact])
def test_nobody_shares_a_number_or_a_mailbox_with_a_stranger(courier: str):
    keys = samples.credentials(courier)
    account = Account(0, courier, courier, 0, 0, keys.secrets, keys.headers, keys.config, "UTC")
    told = set()
    for number in (7, 8):
        one = replace(draw(3, number, AT), courier=courier, phone=f"+49151234567{number}")
        for write in (couriers.first, couriers.again, couriers.delivered):
            raw, headers = write(one, account, AT)
            assert one.phone in raw.decode()
            incoming = Incoming(headers=headers, query={}, raw=raw, received_at=AT)
            for event in bodies.read(json_body.parse(raw), account, incoming):
                told.add((number, event.phone, event.email))
    ways = [way for _, *ways in told for way in ways if way]
    assert ways
    assert len(ways) == len(set(ways)), "each has their own, and it is always the same"


def test_what_is_said_back_in_a_call_is_an_answer(settings: Settings):
    configure(settings)
    berlin = next(place for place in PLACES if place.landline)
    keys = (Do.CHOOSE, Do.ASK, Do.STOP)
    called = [
        replace(
            *(draw(1, number, AT),),
            place=berlin,
            language="de",
            reach="landline",
            kind="failed",
            courier="standard_webhooks",
            ordered=False,
            by_itself=None,
            worse=None,
            landline=berlin.telephone(number),
            acts=(Act(do, 1, HOUR),),
        )
        for number, do in enumerate(keys, 1)
    ]
    told = run.play(called, 1)
    providers._chosen.clear()
    pressed = {act.do: story for story in told for act in story.acts}
    assert set(pressed) >= set(keys), "none of them waits an hour in a call"
    for do, topic in zip(keys, ("booking", "question", "refusal"), strict=True):
        (act,) = [act for act in pressed[do].acts if act.do is do]
        (said,) = [word for word in pressed[do].words if word.at == act.at]
        assert (said.topic, said.arrived, bool(said.text)) == (topic, True, True)
    assert audit.findings(told, stage.POLICY) == []

"""However a parcel's story goes, nobody hears from us too often, or untruly."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app import clock
from app.cases.model import Case
from app.chain import policy
from app.channels import rules
from app.channels.rules import Allowance
from app.customer import hours
from app.customer.outlook import allowance
from app.db.connection import connection
from app.errors import Problem
from app.promises import service as promises
from tests import wording
from tests.inline import advance
from tests.play import Play

DAY = timedelta(days=1)
WORSE = ["failed", "failed", "refused", "lost", "damaged", "returned"]
PEOPLE = ["acknowledge", "choose", "choose", "wait", "wait", "wait"]
_NEWS = re.compile(rf"Next news by ({wording.SHORT})")
_ACTS = ("acknowledged", "booked", "rebooked")


def test_fifteen_messages_in_eleven_days_cannot_be(play: Play):
    """Eight parcels at once, each with a story of its own; the same ones every time."""
    chance = random.Random(20261126)
    cases = {parcel: play.courier("failed", parcel) for parcel in map("P{}".format, range(8))}
    began = clock.now()
    while clock.now() - began < 11 * DAY:
        for parcel, case_id in cases.items():
            if chance.random() < 0.4:
                do(play, case_id, parcel, chance.choice([*WORSE, *PEOPLE]))
        advance(hours=chance.randint(2, 16))
    for case_id in cases.values():
        check(play, case_id)


def test_nor_where_nobody_ever_reacts(play: Play):
    """Twice we choose for the customer, and the depot says nothing; then the sender is asked."""
    case_id = play.courier("failed", "silent")
    for _ in range(11 * 24):
        advance(hours=1)
    check(play, case_id)
    told = play.messages(case_id, audience="customer")
    texts = [m["text"] for m in told]
    assert sum("you did not choose" in text for text in texts) == 2
    assert any("we'll ask" in text for text in texts)
    asked = play.messages(case_id, audience="shipper", topic="decision")[0]
    read = [m["text"] for m in told if m["created_at"] < asked["created_at"]]
    assert "we'll ask" in read[-1], "they know that nobody books for them again"


def check(play: Play, case_id: int) -> None:
    sent = [m for m in play.messages(case_id, audience="customer") if m["state"] != "suppressed"]
    own = confirmed_choices(case_id)
    unasked = [m["created_at"] for m in sent if m["id"] not in own]
    assert most_within(11 * DAY, unasked) < 15
    texts = [m["text"] for m in sent]
    assert sum("sorry" in text for text in texts) <= 1
    check_nothing_new(case_id)
    check_hours(play.case(case_id), sent)


def do(play: Play, case_id: int, parcel: str, act: str) -> None:
    try:
        match act:
            case "acknowledge":
                play.acknowledge(case_id)
            case "choose":
                if slots := play.options(case_id).slots:
                    play.choose(case_id, slots[-1].choice)
            case "wait":
                pass
            case _:
                play.courier(act, parcel)
    except Problem:
        return  # the truth: taken on before, too late, closed


def confirmed_choices(case_id: int) -> set[int]:
    """The messages that confirm what the customer chose."""
    rows = connection().execute(
        "SELECT id FROM messages WHERE case_id = %s AND NOT counts AND audience = 'customer'",
        [case_id],
    )
    return {row["id"] for row in rows}


def most_within(span: timedelta, moments: list[datetime]) -> int:
    return max((sum(one <= m < one + span for m in moments) for one in moments), default=0)


def check_nothing_new(case_id: int) -> None:
    """ "Still working on it" never comes a third time without an act of a person in between."""
    rows = connection().execute(
        "SELECT kind, facts FROM timeline WHERE case_id = %s ORDER BY id", [case_id]
    )
    said = 0
    for row in rows:
        if row["kind"] in _ACTS:
            said = 0
        said += row["kind"] == "customer_told" and row["facts"]["topic"] == "news"
        assert said <= 2


def check_hours(case: Case, sent: list[dict[str, Any]]) -> None:
    """Every hour of news that was written is a row, made when it was written."""
    made = {
        (hours.at(case, p.due_at), p.made_at)
        for p in promises.of_case(connection(), case.id)
        if p.kind is promises.Kind.NEWS
    }
    for message in sent:
        for hour in _NEWS.findall(message["text"]):
            assert (hour, message["created_at"]) in made


BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
MOMENTS = st.lists(st.integers(0, 24 * 12).map(lambda h: BEGIN + h * DAY / 24))


@given(MOMENTS.map(sorted), st.integers(1, 5), st.integers(2, 9), st.integers(0, 24 * 20))
def test_room_is_found_at_the_first_moment_there_is_any(sent, a_day, a_week, hours):
    most, at = Allowance(a_day, a_week), BEGIN + hours * DAY / 24
    room = rules.room_at(sent, most, at)
    assert room >= at
    assert rules.has_room(sent, most, room)
    for earlier in sent:
        for moment in (earlier + DAY, earlier + 7 * DAY):
            assert not (at <= moment < room and rules.has_room(sent, most, moment))


def test_the_standard_policy_says_how_much_is_enough():
    most = allowance(policy.Policy(0, {}), {"country": "US", "region": "CA"})
    assert most.a_day == 3
    assert most.a_week * 2 < 15


def test_no_policy_lets_anybody_in_florida_hear_more_often_than_their_law():
    eager = policy.Policy(0, {"unasked_a_day": 8})
    for region, most in (("FL", 3), ("florida", 3), ("CA", 8)):
        assert allowance(eager, {"country": "US", "region": region}).a_day == most
    assert allowance(eager, None).a_day == 8

"""Where a customer's only way fails, the shipper hears of it before a promised hour has passed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from app import clock
from app.channels import outbox, refusals
from app.channels.deciding import AWAY_FOR
from app.channels.providers import _chosen
from app.channels.providers.base import Accepted, Ambiguous, Outgoing, Refused
from app.db.connection import connection, transaction
from app.decisions import service as decisions
from app.decisions.model import Choice
from tests import inline
from tests.channels.world import carried_by, read
from tests.courier import PHONE
from tests.inline import advance, settle
from tests.play import Play

MAIL, LANDLINE = "kim@example.com", "+493012345678"
Fault = Callable[[], Exception]


class Failing:
    """Takes nothing for one recipient, and everything for all others."""

    def __init__(self, how: Fault, to: str) -> None:
        self.how, self.to = how, to

    def send(self, message: Outgoing) -> Accepted:
        if message.recipient == self.to:
            raise self.how()
        return Accepted(f"x{message.id}", "delivered")

    def ask(self, _message: Outgoing, _since: datetime) -> None:
        return None


def refused() -> Exception:
    return Refused("smtp_connection", permanent=False)


def in_doubt() -> Exception:
    return Ambiguous("smtp_timeout")


def fails(how: Fault, channel: str = "email", to: str = MAIL) -> None:
    _chosen[channel] = carried_by(channel, Failing(how, to))


def asked(play: Play, case_id: int, words: str) -> list[str]:
    """What became of the mails to the shipper that say so."""
    mails = play.messages(case_id, audience="shipper", topic="contact")
    return [mail["state"] for mail in mails if words in mail["text"]]


END_UNTOLD, IN_DOUBT = "couldn't tell the recipient", "it was the network, not their number"


@pytest.fixture
def told(play: Play) -> int:
    """A case whose customer has nothing but an address for mail, and knows of it."""
    case_id = play.courier(phone="", email=MAIL)
    advance(minutes=30)
    return case_id


def returned(play: Play, case_id: int) -> None:
    play.courier("returned")
    play.courier("delivered")


def decided(choice: Choice) -> Callable[[Play, int], None]:
    def end(play: Play, case_id: int) -> None:
        decisions.decide(case_id, choice, "Kim", clock.now())
        settle()

    return end


ENDS = [returned, decided(Choice.REFUND), decided(Choice.REPLACEMENT), decided(Choice.CLOSE)]


@pytest.mark.parametrize("how", [refused, in_doubt])
@pytest.mark.parametrize("end", ENDS, ids=["returned", "refund", "replacement", "close"])
def test_the_shipper_tells_how_it_ended_where_nothing_of_ours_comes(
    play: Play, told: int, how: Fault, end: Callable[[Play, int], None]
):
    fails(how)
    end(play, told)
    assert play.case(told).closed
    advance(minutes=59)
    assert asked(play, told, END_UNTOLD) == []
    advance(minutes=2)
    assert asked(play, told, END_UNTOLD) == ["delivered"]
    advance(hours=40)
    assert asked(play, told, END_UNTOLD) == ["delivered"], "once"


def test_who_hears_it_at_a_later_try_is_told_by_nobody_else(play: Play, told: int):
    fails(refused)
    decided(Choice.REFUND)(play, told)
    advance(minutes=20)
    fails(refused, to="nobody@example.com")
    advance(hours=3)
    assert asked(play, told, END_UNTOLD) == []


def test_who_wants_no_messages_is_told_by_nobody_else(play: Play, told: int):
    fails(lambda: Refused("opted_out", permanent=True))
    decided(Choice.REFUND)(play, told)
    advance(hours=3)
    assert asked(play, told, END_UNTOLD) == []


@pytest.mark.parametrize("how", [refused, in_doubt])
def test_a_mail_is_not_made_good_by_a_number_that_wants_no_texts(play: Play, how: Fault):
    case_id = play.courier(phone=PHONE, email=MAIL)
    advance(minutes=30)
    connection().execute("UPDATE cases SET channel = 'email'")  # they wrote by mail
    with transaction() as conn:
        said = refusals.Said(channel="sms", recipient=PHONE, why="reply")
        refusals.refuse(conn, said, clock.now())
    fails(how)
    decided(Choice.REFUND)(play, case_id)
    advance(minutes=20)
    assert [m["channel"] for m in play.messages(case_id, topic="decision")][-2:] == ["email", "sms"]
    assert asked(play, case_id, END_UNTOLD) == []
    advance(hours=3)
    assert asked(play, case_id, END_UNTOLD) == ["delivered"]


def test_a_landline_that_nobody_answers_after_the_end(play: Play):
    case_id = play.courier(phone=LANDLINE, email="")
    advance(minutes=30)
    fails(lambda: Refused("no_answer", permanent=False), "voice", LANDLINE)
    decided(Choice.REFUND)(play, case_id)
    advance(hours=3)
    assert asked(play, case_id, END_UNTOLD) == ["delivered"]


def away(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sender knows that text messages do not get through, and hands none over."""

    def send_due() -> int:
        for row in read(inline._LANES, clock.now()):
            gone = row["channel"] == "sms"
            batch = outbox.take(row["channel"], 500, away=gone)
            outbox.record([(call, outbox.call(call)) for call in batch.calls])
        return 0

    monkeypatch.setattr(inline, "send_due", send_due)


@pytest.mark.parametrize("over", [False, True])
def test_a_provider_that_is_away_for_long(play: Play, over: bool, monkeypatch: pytest.MonkeyPatch):
    told = play.courier(email="")
    advance(minutes=30)
    with monkeypatch.context() as patch:
        away(patch)
        if over:
            decided(Choice.REFUND)(play, told)
        else:
            play.courier("lost")
        for _ in range(9):
            clock.advance(AWAY_FOR * 20)
            settle()
        waiting = play.messages(told, audience="customer", state="queued")
        assert [one["why"] for one in waiting] == ["still_away"] * len(waiting)
        assert waiting
    settle()
    advance(minutes=1)
    assert asked(play, told, END_UNTOLD if over else IN_DOUBT) == ["delivered"]
    assert not play.messages(told, audience="customer", state="queued")

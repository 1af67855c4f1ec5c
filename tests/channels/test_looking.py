"""What nothing more is told of is asked after, and goes by the next channel in time."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.channels import looking, routing
from app.channels.routing import DeliveryUpdate
from app.channels.service import Route
from app.channels.states import reason_words
from app.db.connection import transaction
from app.insight import story
from tests.channels.exchange import Exchange
from tests.channels.test_whatsapp import WHATSAPP, prepared, words
from tests.channels.world import MAIL, SMS, advance, enqueue, messages, read, send_due, states


@pytest.fixture
def sent(case: int, exchange: Exchange) -> int:
    """A case whose customer was sent a text message; e-mail comes after it."""
    enqueue(case, SMS, MAIL)
    assert send_due() == ["sent"]
    return case


def test_what_is_not_known_to_be_there_in_time_goes_by_the_next_channel_once(
    sent: int, exchange: Exchange
) -> None:
    advance(minutes=29)
    looking.look_after()
    assert len(states(sent)) == 1
    advance(minutes=2)
    looking.look_after()
    looking.look_after()
    assert states(sent) == [("sms", "sent", "no_receipt"), ("email", "queued", None)]
    assert reason_words("no_receipt").startswith("nobody could say")


def test_a_receipt_that_stayed_away_is_fetched(sent: int, exchange: Exchange) -> None:
    exchange.listed[0] |= {"status": "delivered", "price": "-0.00750", "price_unit": "USD"}
    advance(minutes=31)
    looking.look_after()
    assert states(sent) == [("sms", "delivered", None)]
    (row,) = read("SELECT price, price_unit FROM messages")
    assert row == {"price": Decimal("0.00750"), "price_unit": "USD"}
    assert ", 0.0075 USD" in story._message(messages(sent)[0])


def test_what_left_months_ago_is_no_longer_listened_for(sent: int, exchange: Exchange) -> None:
    exchange.listed[0] |= {"status": "delivered"}
    listened = "SELECT count(*) AS n FROM messages_left"
    for days, left in ((59, 1), (2, 0)):
        advance(days=days)
        looking.look_after()
        assert read(listened) == [{"n": left}]
    assert messages(sent)


def test_one_that_failed_in_silence_goes_another_way_at_once(sent: int, exchange: Exchange) -> None:
    exchange.listed[0] |= {"status": "undelivered", "error_code": 30003}
    advance(minutes=31)
    looking.look_after()
    assert states(sent) == [("sms", "failed", "twilio_30003"), ("email", "queued", None)]


def test_a_late_receipt_ends_the_way_that_waits(sent: int, exchange: Exchange) -> None:
    advance(minutes=31)
    looking.look_after()
    with transaction() as conn:
        update = DeliveryUpdate(state="delivered", provider="twilio")
        routing.settle(conn, messages(sent)[0]["id"], update, advance(seconds=1))
    assert states(sent) == [
        ("sms", "delivered", None),
        ("email", "suppressed", "went_another_way"),
    ]


def test_the_price_comes_later_and_is_asked_for_until_it_is_there(
    case: int, exchange: Exchange
) -> None:
    enqueue(case, Route("sms", SMS.recipient))
    send_due()
    exchange.listed[0] |= {"status": "delivered", "price": None, "price_unit": "USD"}
    advance(minutes=11)
    assert looking.look_after() == 1
    assert looking.look_after() == 0
    exchange.listed[0] |= {"price": "-0.1"}
    advance(hours=1)
    assert looking.look_after() == 1
    assert read("SELECT cost, messages, currency FROM message_costs") == [
        {"cost": Decimal("0.1"), "messages": 1, "currency": "USD"}
    ]
    advance(hours=1)
    assert looking.look_after() == 0


def test_what_a_call_cost_is_asked_for_where_somebody_took_it(
    case: int, exchange: Exchange
) -> None:
    for key in ("pressed", "listened", "in vain"):
        enqueue(case, Route("voice", SMS.recipient), idempotency_key=key)
    send_due()
    ended = [("delivered", None), ("failed", "no_key"), ("failed", "busy")]
    with transaction() as conn:
        for one, (state, why) in zip(messages(case), ended, strict=True):
            update = DeliveryUpdate(state=state, why=why, provider="twilio")
            routing.settle(conn, one["id"], update, advance(seconds=1))
    exchange.listed += [
        {"sid": sid, "status": "completed", "price": "-0.0130", "price_unit": "USD"}
        for sid, _ in exchange.dialled
    ]
    before = states(case)
    advance(minutes=11)
    assert looking.look_after() == 2
    assert states(case) == before, "what it cost says nothing of how it ended"
    assert read("SELECT cost, messages FROM message_costs") == [
        {"cost": Decimal("0.0260"), "messages": 2}
    ]


def test_what_nobody_reads_on_whatsapp_goes_by_text(case: int, exchange: Exchange) -> None:
    prepared(case, "failure", ["url"])
    for key in ("unread", "seen"):
        enqueue(case, WHATSAPP, SMS, text=words(), language="de", idempotency_key=key)
    send_due()
    for item in exchange.listed:
        item["status"] = "delivered"
    advance(minutes=31)
    looking.look_after()
    read("UPDATE messages SET read_at = now() WHERE idempotency_key = 'seen' RETURNING 1")
    advance(hours=4)
    looking.look_after()
    assert states(case) == [
        ("whatsapp", "delivered", "not_read"),
        ("whatsapp", "delivered", None),
        ("sms", "queued", None),
    ]


def test_a_provider_that_is_away_stops_nothing(sent: int, exchange: Exchange) -> None:
    exchange.listed.clear()
    advance(minutes=31)
    looking.look_after()
    assert states(sent)[1] == ("email", "queued", None)

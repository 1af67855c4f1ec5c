"""What people wrote while we were away is fetched, once, and means what it would have meant."""

from __future__ import annotations

from datetime import timedelta

import pytest

import app
from app import clock
from app.channels import inbox
from app.settings import Settings
from tests.channels.conftest import with_twilio
from tests.channels.exchange import Exchange
from tests.channels.world import PHONE, SMS, enqueue, make_case, read, send_due, timeline


@pytest.fixture
def twilio_settings(settings: Settings, exchange: Exchange) -> Settings:
    return with_twilio(settings, exchange.base)


@pytest.fixture
def case(exchange: Exchange, twilio_settings: Settings) -> int:
    """A case whose customer was written to."""
    app.receive_facts()
    made = make_case()
    enqueue(made, SMS)
    assert send_due() == ["sent"]
    return made


def opted_out() -> bool:
    return bool(read("SELECT 1 FROM opt_outs WHERE recipient = %s", PHONE))


def replies(case: int) -> list[str]:
    return [facts["words"] for kind, facts in timeline(case) if kind == "customer_reply"]


def test_a_reply_that_no_callback_told_reaches_the_case_once(
    case: int, exchange: Exchange, twilio_settings: Settings
) -> None:
    exchange.comes_in("blue door, after five", PHONE, clock.machine_now())
    assert inbox.fetch_missed(twilio_settings) == 1
    assert inbox.fetch_missed(twilio_settings) == 0
    assert replies(case) == ["blue door, after five"]


def test_the_newest_of_stop_and_start_counts_however_they_are_fetched(
    case: int, exchange: Exchange, twilio_settings: Settings
) -> None:
    now = clock.machine_now()
    exchange.comes_in("START", PHONE, now - timedelta(hours=2))
    exchange.comes_in("STOP", PHONE, now - timedelta(hours=1))
    assert inbox.fetch_missed(twilio_settings) == 2
    assert opted_out()


def test_only_what_is_new_is_read_page_by_page(
    case: int, exchange: Exchange, twilio_settings: Settings
) -> None:
    for number in range(250):
        exchange.comes_in(f"word {number}", PHONE, clock.machine_now())
    assert inbox.fetch_missed(twilio_settings) == 250
    assert replies(case) == [f"word {number}" for number in range(250)]
    exchange.pages = 0
    exchange.comes_in("one more", PHONE, clock.machine_now())
    assert inbox.fetch_missed(twilio_settings) == 1
    # the first with the new one, the second to see that all is known; and WhatsApp's empty one
    assert exchange.pages == 3


def test_what_came_by_whatsapp_is_fetched_too(
    case: int, exchange: Exchange, twilio_settings: Settings
) -> None:
    exchange.comes_in("I am in the garden", PHONE, clock.machine_now(), by="whatsapp:")
    assert inbox.fetch_missed(twilio_settings) == 1
    assert replies(case) == ["I am in the garden"]
    (row,) = read("SELECT channel, sender FROM inbound_messages")
    assert row == {"channel": "whatsapp", "sender": PHONE}


def test_a_provider_that_is_away_is_asked_again_later(
    case: int, exchange: Exchange, twilio_settings: Settings
) -> None:
    exchange.comes_in("anybody there?", PHONE, clock.machine_now())
    exchange.away = True
    assert inbox.fetch_missed(twilio_settings) == 0
    exchange.away = False
    assert inbox.fetch_missed(twilio_settings) == 1


def test_what_we_sent_ourselves_is_no_reply(
    case: int, exchange: Exchange, twilio_settings: Settings
) -> None:
    assert inbox.fetch_missed(twilio_settings) == 0
    assert replies(case) == []

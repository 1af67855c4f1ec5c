"""WhatsApp by Twilio: free words for a day after somebody wrote, prepared texts afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from app import clock, errors, languages, receive_facts
from app.channels import callbacks, providers, templates
from app.channels.service import Route
from app.channels.templates_store import Text
from app.db.connection import connection, transaction
from app.directory.changes import TERMINAL
from app.errors import Problem
from app.languages import said
from app.settings import Settings
from tests.channels.conftest import with_twilio
from tests.channels.exchange import WHATSAPP_FROM, Exchange
from tests.channels.phones import PUBLISHED, faults_of
from tests.channels.test_receipts import Twilio
from tests.channels.world import (
    PHONE,
    SMS,
    advance,
    enqueue,
    make_case,
    messages,
    read,
    run,
    send_due,
    states,
    timeline,
)

CONTENT = "HX" + "a" * 32
WHATSAPP = Route("whatsapp", PHONE)
_CREATE = PUBLISHED["POST /2010-04-01/Accounts/{AccountSid}/Messages.json"]
GERMAN = languages.get("de", "DE")


def words(parcel: str = "HO-7", url: str = "https://example.com/c/t") -> said.Said:
    """A text of a real message, in German."""
    values = {"shipper": "Shop", "parcel": parcel}
    what = said.say(GERMAN, "Your {shipper} parcel {parcel} is waiting for your choice", **values)
    stop = said.say(GERMAN, "{statement}.", statement=what)
    return said.joined(stop, said.say(GERMAN, "Choose it here: {url}", url=url))


@pytest.fixture
def twilio(settings: Settings, exchange: Exchange) -> Iterator[Twilio]:
    receive_facts()
    app = Flask(__name__)
    app.config["SETTINGS"] = with_twilio(settings, exchange.base)
    app.register_blueprint(callbacks.blueprint())
    errors.register(app)
    yield Twilio(app.test_client())
    for form in exchange.sent:
        assert faults_of(list(form.items()), _CREATE) == []


def say(case: int, key: str = "one", **changes: Any) -> None:
    enqueue(case, WHATSAPP, SMS, text=words(), language="de", idempotency_key=key, **changes)


def writes(twilio: Twilio, text: str = "Hallo", sid: str = "SM1", **form: str) -> None:
    """The customer writes to us by WhatsApp."""
    answer = twilio.reply(text, sid=sid, From=f"whatsapp:{PHONE}", ProfileName="Kim", **form)
    assert answer.status_code == 200


def prepared(case: int, text: str, variables: list[str]) -> None:
    """Twilio knows this text of the case's shipper."""
    (row,) = read("SELECT shipper_id FROM cases WHERE id = %s", case)
    key = Text(row["shipper_id"], "whatsapp", text, "de", "twilio")
    with transaction() as conn:
        assert templates.put(conn, TERMINAL, key, CONTENT, "", variables, clock.now())


def test_within_a_day_of_their_word_free_words_go(
    case: int, twilio: Twilio, exchange: Exchange
) -> None:
    enqueue(case, SMS, idempotency_key="before")
    send_due()
    writes(twilio)
    advance(hours=23, minutes=58)
    say(case)
    send_due()
    form = next(one for one in exchange.sent if one["To"].startswith("whatsapp:"))
    assert (form["To"], form["From"]) == (f"whatsapp:{PHONE}", f"whatsapp:{WHATSAPP_FROM}")
    assert form["Body"] == words()
    assert "ContentSid" not in form


def test_a_day_later_it_goes_by_the_next_channel_and_says_why(
    case: int, twilio: Twilio, exchange: Exchange
) -> None:
    enqueue(case, SMS, idempotency_key="before")
    send_due()
    writes(twilio)
    advance(hours=24)
    say(case)
    send_due()
    send_due()
    assert ("whatsapp", "failed", "no_template") in states(case)
    assert exchange.sent[-1]["To"] == PHONE


def test_a_prepared_text_goes_at_any_time_with_its_values(
    case: int, twilio: Twilio, exchange: Exchange
) -> None:
    prepared(case, said.key("failure", words().made_of), [])
    say(case)
    assert send_due() == ["sent"]
    (form,) = exchange.sent
    assert "Body" not in form
    assert form["ContentSid"] == CONTENT
    values = json.loads(form["ContentVariables"])
    assert values == {"1": "Shop", "2": "HO-7", "3": "https://example.com/c/t"}


def test_a_text_of_the_topic_stands_in_and_takes_what_it_names(
    case: int, twilio: Twilio, exchange: Exchange
) -> None:
    prepared(case, "failure", ["url", "parcel"])
    say(case)
    send_due()
    (form,) = exchange.sent
    assert json.loads(form["ContentVariables"]) == {"1": "https://example.com/c/t", "2": "HO-7"}
    prepared(case, "survey", ["score"])
    say(case, "two", topic="survey")
    send_due()
    assert ("whatsapp", "failed", "no_template") in states(case)


@pytest.mark.parametrize(
    ("code", "why"),
    [("63016", "outside_window"), ("63003", "not_on_whatsapp"), ("63018", "twilio_63018")],
)
def test_what_whatsapp_refuses_later_goes_another_way_at_once(
    case: int, twilio: Twilio, exchange: Exchange, code: str, why: str
) -> None:
    prepared(case, "failure", ["url"])
    say(case)
    send_due()
    twilio.receipt(case, "failed", ErrorCode=code, ChannelPrefix="whatsapp")
    assert send_due() == ["sent"]
    assert states(case) == [("whatsapp", "failed", why), ("sms", "sent", None)]


def test_who_read_it_is_remembered_once_and_in_any_order(
    case: int, twilio: Twilio, exchange: Exchange
) -> None:
    prepared(case, "failure", ["url"])
    say(case)
    send_due()
    assert twilio.receipt(case, "read") == 204
    (first,) = read("SELECT read_at FROM messages")
    advance(minutes=5)
    for status in ("delivered", "sent", "read"):
        twilio.receipt(case, status)
    assert states(case) == [("whatsapp", "delivered", None)]
    assert read("SELECT read_at FROM messages") == [first]
    assert first["read_at"] is not None


def test_a_pressed_button_is_a_reply(case: int, twilio: Twilio) -> None:
    enqueue(case, WHATSAPP, language="de")
    writes(
        twilio, "Leave it with the neighbour", ButtonPayload="at the neighbour's", ButtonText="x"
    )
    said_ = [facts for kind, facts in timeline(case) if kind == "customer_reply"]
    assert [(one["words"], one["channel"]) for one in said_] == [("at the neighbour's", "whatsapp")]


def test_the_message_that_is_answered_says_which_parcel_is_meant(
    case: int, twilio: Twilio, exchange: Exchange
) -> None:
    other = make_case("T2")
    for one in (case, other):
        say(one, f"case-{one}")
        send_due()
    writes(twilio, "at the back door, please")  # about the newest
    run("UPDATE messages SET provider = 'twilio', provider_id = 'SM' || id WHERE route = 1")
    (mine,) = read("SELECT provider_id FROM messages WHERE case_id = %s AND route = 1", case)
    writes(twilio, "the blue door", sid="SM2", OriginalRepliedMessageSid=mine["provider_id"])
    assert replies(case) == ["the blue door"]
    assert replies(other) == ["at the back door, please"]
    writes(twilio, "and ring twice", sid="SM3", OriginalRepliedMessageSid="SM-of-nobody")
    assert replies(other)[-1] == "and ring twice"


def replies(case: int) -> list[str]:
    return [facts["words"] for kind, facts in timeline(case) if kind == "customer_reply"]


HINT = "Or reply with a number: 1 = Fri 28 Nov, 08:00-12:00; 2 = Sat 29 Nov, 09:00-13:00."


def test_within_the_day_what_can_be_chosen_is_said_by_numbers(
    case: int, twilio: Twilio, exchange: Exchange
) -> None:
    enqueue(case, SMS, idempotency_key="before")
    writes(twilio)
    say(case, hint=HINT)
    enqueue(case, WHATSAPP, text=words(), language="de", idempotency_key="no further", hint=HINT)
    send_due()
    bodies = [one["Body"] for one in exchange.sent if one["To"].startswith("whatsapp:")]
    assert bodies == [f"{words()}\n\n{HINT}"] * 2


def test_within_the_day_numbers_are_buttons_where_those_are_set_up(
    case: int, twilio: Twilio, exchange: Exchange, settings: Settings
) -> None:
    sids = [f"HX{number}{'0' * 31}" for number in (1, 2, 3)]
    told = with_twilio(settings, exchange.base)
    plug_ins = {**told.plug_ins, "TWILIO_QUICK_REPLIES": ",".join(sids)}
    providers.configure(replace(told, plug_ins=plug_ins))
    enqueue(case, SMS, idempotency_key="before")
    writes(twilio)
    say(case, hint=HINT)
    say(case, "long", hint=HINT + "!" * 255)
    send_due()
    whatsapp = [one for one in exchange.sent if one["To"].startswith("whatsapp:")]
    form = next(one for one in whatsapp if "ContentSid" in one)
    assert form["ContentSid"] == sids[1]
    assert "Body" not in form
    values = json.loads(form["ContentVariables"])
    assert values == {
        "1": " ".join(words().split()),
        "2": HINT,
        "3": "Fri 28 Nov",
        "4": "Sat 29 Nov",
    }
    (plain,) = [one for one in whatsapp if "Body" in one]
    assert plain["Body"].startswith(words())


def with_lists(settings: Settings, exchange: Exchange) -> list[str]:
    """The texts with four, five and six rows that are set up."""
    sids = [f"HX{number}{'0' * 31}" for number in (4, 5, 6)]
    told = with_twilio(settings, exchange.base)
    providers.configure(replace(told, plug_ins={**told.plug_ins, "TWILIO_LISTS": ",".join(sids)}))
    return sids


def values_of(exchange: Exchange) -> tuple[str, dict[str, str]]:
    (form,) = [one for one in exchange.sent if "ContentSid" in one]
    return form["ContentSid"], json.loads(form["ContentVariables"])


def test_more_than_three_answers_are_the_rows_of_a_list(
    case: int, twilio: Twilio, exchange: Exchange, settings: Settings
) -> None:
    sids = with_lists(settings, exchange)
    enqueue(case, SMS, idempotency_key="before")
    writes(twilio)
    names = ["Hollow Oak Books P1", "Hollow Oak Books P2", "The Lamp Shop of Elm Street 77"]
    names += ["Shoes", "Tea"]
    which = f"Reply with the number: {'; '.join(f'{n} = {s}' for n, s in enumerate(names, 1))}."
    enqueue(case, WHATSAPP, text=f"Which parcel do you mean? {which}", hint=which)
    send_due()
    sid, values = values_of(exchange)
    assert sid == sids[1]
    assert values["1"] == "Which parcel do you mean?", "the numbers are said once"
    assert values["2"] == which
    assert values["3"] == "Choose"
    shown = [values[str(place)] for place in range(4, 14)]
    assert shown[1::2] == names
    assert shown[::2] == [
        *("1: Hollow Oak...", "2: Hollow Oak...", "3: The Lamp Shop...", "4: Shoes", "5: Tea")
    ]


def test_what_was_understood_is_undone_by_a_button(
    case: int, twilio: Twilio, exchange: Exchange, settings: Settings
) -> None:
    sids = ["HX1" + "0" * 31, "HX0" + "0" * 31]
    told = with_twilio(settings, exchange.base)
    set_up = {"TWILIO_QUICK_REPLIES": sids[0], "TWILIO_UNDO": sids[1]}
    providers.configure(replace(told, plug_ins={**told.plug_ins, **set_up}))
    enqueue(case, SMS, idempotency_key="before")
    writes(twilio)
    hint = languages.get("de").say("Reply 0 to undo.")
    enqueue(case, WHATSAPP, text=f"Samstag passt. {hint} Bis dann!", hint=hint, language="de")
    send_due()
    sid, values = values_of(exchange)
    assert sid == sids[1]
    assert values == {"1": "Samstag passt. Bis dann!", "2": hint, "3": "Rückgängig machen"}
    writes(twilio, "Rückgängig machen", sid="SM2", ButtonPayload="0")
    assert replies(case)[-1] == "0"


def test_a_survey_is_answered_by_a_row(
    case: int, twilio: Twilio, exchange: Exchange, settings: Settings
) -> None:
    with_lists(settings, exchange)
    enqueue(case, SMS, idempotency_key="before")
    writes(twilio)
    enqueue(case, WHATSAPP, topic="survey", text="How was it?", hint="Or reply with 1 to 5.")
    send_due()
    _, values = values_of(exchange)
    assert [values[str(place)] for place in range(4, 14, 2)] == list("12345")
    assert values["13"] == "★★★★★"


def test_a_row_that_was_picked_is_its_number(case: int, twilio: Twilio) -> None:
    enqueue(case, SMS, idempotency_key="before")
    writes(twilio, "3: The Lamp Shop...", ListId="3", ListTitle="3: The Lamp Shop...")
    assert replies(case) == ["3"]


def test_what_says_its_numbers_itself_says_them_once(
    case: int, twilio: Twilio, exchange: Exchange
) -> None:
    enqueue(case, SMS, text=f"Which one? {HINT}", hint=HINT)
    send_due()
    assert [one["Body"].count(HINT) for one in exchange.sent] == [1]


def test_words_can_be_said_again_from_what_they_were_made_of() -> None:
    text = words()
    assert said.again(text.made_of, GERMAN) == text
    assert said.key("x", text.made_of) == said.key("x", words("another", "https://x").made_of)
    form = said.form(text.made_of, GERMAN)
    for place in ("{{1}}", "{{2}}", "{{3}}"):
        assert form.count(place) == 1
    assert "Shop" not in form


def test_what_is_no_language_or_provider_is_refused(case: int, exchange: Exchange) -> None:
    key = Text(1, "voice", "failure", "xx", "smtp")
    with pytest.raises(Problem) as refused:
        templates.put(connection(), TERMINAL, key, "HX1", "", [], clock.now())
    assert [fault["field"] for fault in refused.value.errors or ()] == ["provider", "language"]
    assert len(messages(case)) == 0

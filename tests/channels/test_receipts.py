"""Receipts and replies as Twilio posts them, signed as Twilio signs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from app import clock, errors, receive_facts
from app.chain import policy
from app.channels import callbacks, heard, receivers
from app.channels.providers.twilio import signature as signatures
from app.db.connection import transaction
from app.settings import Settings
from tests.channels.conftest import with_twilio
from tests.channels.exchange import TOKEN, Exchange
from tests.channels.world import (
    EMAIL,
    MAIL,
    PHONE,
    SMS,
    advance,
    close,
    enqueue,
    interrupt,
    links,
    make_case,
    messages,
    read,
    refused,
    run,
    send_due,
    settle_stale,
    states,
    timeline,
)
from tests.messages import said

PUBLIC = "https://parcels.example.com"


class Twilio:
    """Posts what Twilio posts."""

    def __init__(self, web: FlaskClient) -> None:
        self.web = web

    def post(self, path: str, signature: str | None = None, **form: str) -> Any:
        if signature is None:
            signature = RequestValidator(TOKEN).compute_signature(PUBLIC + path, form)
        return self.web.post(path, data=form, headers={"X-Twilio-Signature": signature})

    def receipt(self, case: int, status: str, *, index: int = 0, sid: str = "", **form: str) -> int:
        message = messages(case)[index]
        fields = {
            "MessageSid": sid or message["provider_id"] or "SM-early",
            "MessageStatus": status,
            "To": PHONE,
            "NewFieldOfTomorrow": "ü",
        }
        path = f"/callbacks/twilio/status?m={message['id']}"
        return int(self.post(path, **(fields | form)).status_code)

    def reply(self, words: str, sid: str = "SM-reply", **form: str) -> Any:
        fields = {"MessageSid": sid, "From": PHONE, "Body": words}
        return self.post("/callbacks/twilio/reply", **(fields | form))


def keywords(case: int) -> list[str]:
    """The words STOP, START and HELP in the case's story."""
    return [facts["word"] for kind, facts in timeline(case) if kind == "customer_word"]


@pytest.fixture
def calls(settings: Settings, exchange: Exchange) -> Iterator[Twilio]:
    app = Flask("test")
    app.config["SETTINGS"] = with_twilio(settings, exchange.base)
    errors.register(app)
    app.register_blueprint(callbacks.blueprint())
    receive_facts()
    with app.test_client() as web:
        yield Twilio(web)


@pytest.fixture
def sent(case: int, exchange: Exchange) -> int:
    """A case whose customer was sent a text message, with e-mail as the other way."""
    enqueue(case, SMS, MAIL)
    send_due()
    return case


def test_receipts_only_move_a_message_forward(sent: int, calls: Twilio) -> None:
    for status, state in (
        ("queued", "sent"),
        ("sent", "sent"),
        ("delivered", "delivered"),
        ("delivered", "delivered"),
        ("sent", "delivered"),
        ("undelivered", "delivered"),
        ("something-new", "delivered"),
    ):
        assert calls.receipt(sent, status) == 204
        assert states(sent) == [("sms", state, None)]


def test_undelivered_goes_another_way_once(sent: int, calls: Twilio) -> None:
    for _ in range(3):
        assert calls.receipt(sent, "undelivered", ErrorCode="30003") == 204
    assert send_due() == ["delivered"]
    assert states(sent) == [("sms", "failed", "twilio_30003"), ("email", "delivered", None)]


def test_undelivered_without_another_way_is_for_the_chain(
    case: int, exchange: Exchange, calls: Twilio
) -> None:
    enqueue(case, SMS)
    send_due()
    for status in ("undelivered", "undelivered", "failed"):
        calls.receipt(case, status)
    assert [kind for kind, _ in timeline(case)] == ["message_undeliverable"]
    assert links(case) == ["request_contact"]
    assert states(case) == [("sms", "failed", "twilio_undelivered")]


@pytest.mark.parametrize(("also", "followed"), [(False, ["message_undeliverable"]), (True, [])])
def test_a_way_they_do_not_want_does_not_hide_that_the_other_failed(
    case: int, exchange: Exchange, calls: Twilio, also: bool, followed: list[str]
) -> None:
    """Where they want neither, nobody is looked for."""
    with transaction() as conn:
        refused(conn, "email", EMAIL, "page")
        if also:
            refused(conn, "sms", PHONE, "reply")
    enqueue(case, SMS, MAIL)
    send_due()
    if not also:
        calls.receipt(case, "undelivered")
    send_due()
    assert {why for _, _, why in states(case)} >= {"opted_out"}
    assert [kind for kind, _ in timeline(case)] == followed


def test_how_a_case_ended_is_said_again_where_it_did_not_arrive(
    case: int, exchange: Exchange, calls: Twilio
) -> None:
    close(case)
    enqueue(case, SMS, needs_case="any")
    assert send_due() == ["sent"]
    for hours in (2, 12, 12):
        calls.receipt(case, "undelivered", ErrorCode="30003")
        assert states(case) == [("sms", "queued", "twilio_30003")]
        advance(hours=hours)
        assert send_due() == ["sent"]
    calls.receipt(case, "undelivered", ErrorCode="30003")
    assert states(case) == [("sms", "failed", "twilio_30003")]
    assert len(exchange.sent) == 4


def test_how_a_case_ended_is_said_again_where_nobody_knows_whether_it_left(
    case: int, exchange: Exchange, calls: Twilio
) -> None:
    exchange.answers, exchange.accepts = ["hang"], False
    close(case)
    enqueue(case, SMS, needs_case="any")
    assert send_due() == ["again"]
    exchange.accepts = True
    advance(hours=2)
    assert send_due() == ["sent"]


def test_how_a_case_ended_is_said_no_more_than_twice_while_nobody_knows(
    case: int, exchange: Exchange, calls: Twilio
) -> None:
    exchange.answers, exchange.accepts = ["hang"] * 9, False
    close(case)
    enqueue(case, SMS, needs_case="any", text="It was refunded.")
    for hours in (2, 12, 12):
        send_due()
        advance(hours=hours)
    assert said_by(case) == ["You may have read this already: It was refunded."]
    assert states(case) == [("sms", "unknown", "twilio_no_answer")]
    assert len(exchange.answers) == 7


@pytest.mark.parametrize("topic", ["question", "booking", "reply"])
def test_whoever_chose_or_wrote_is_answered_once_more_in_other_words_where_nobody_knows(
    case: int, exchange: Exchange, calls: Twilio, topic: str
) -> None:
    exchange.answers, exchange.accepts = ["hang"], False
    enqueue(case, SMS, topic=topic, text="We got your words.", language="de")
    assert send_due() == ["again"]
    assert send_due() == []
    exchange.answers, exchange.accepts = ["hang"], False
    advance(minutes=5)
    assert send_due() == ["unknown"]
    assert said_by(case) == ["Vielleicht haben Sie das schon gelesen: We got your words."]
    advance(hours=30)
    assert send_due() == []


def test_what_is_known_to_have_come_is_not_said_again(
    case: int, exchange: Exchange, calls: Twilio
) -> None:
    exchange.answers, exchange.accepts = ["hang"], False
    enqueue(case, SMS, topic="question")
    assert send_due() == ["again"]
    calls.receipt(case, "delivered")
    advance(minutes=5)
    assert send_due() == []
    assert [state for _, state, _ in states(case)] == ["delivered"]


def said_by(case: int) -> list[str]:
    rows = said(
        """SELECT text, packed FROM message_words w JOIN messages m ON m.id = message_id
            WHERE case_id = %s""",
        case,
    )
    return [row["text"] for row in rows]


@pytest.mark.parametrize("last", [(500, {}), (429, {})])
def test_how_a_case_ended_is_said_again_after_an_outage(
    case: int, exchange: Exchange, calls: Twilio, last: tuple[int, dict[str, Any]]
) -> None:
    exchange.answers, exchange.accepts = [*[(429, {})] * 4, last], False
    close(case)
    enqueue(case, SMS, needs_case="any")
    for seconds in (5, 30, 120, 600):
        assert send_due() == ["again"]
        advance(seconds=seconds)
    assert send_due() == ["again"]
    exchange.accepts = True
    advance(hours=2)
    assert send_due() == ["sent"]


def test_how_a_case_ended_is_said_again_soon_after_it_left_in_the_morning(
    case: int, exchange: Exchange, calls: Twilio
) -> None:
    now = clock.now()
    night = {
        "from": f"{now - timedelta(hours=1):%H:%M}",
        "to": f"{now + timedelta(hours=9):%H:%M}",
        "zone": "UTC",
    }
    close(case)
    enqueue(case, SMS, needs_case="any", quiet_hours=night)
    assert send_due() == ["quiet"]
    advance(hours=9, minutes=1)
    assert send_due() == ["sent"]
    calls.receipt(case, "undelivered", ErrorCode="30003")
    advance(hours=2)
    assert send_due() == ["sent"]


def test_an_answer_days_after_the_end_is_said_again_as_well(
    case: int, exchange: Exchange, calls: Twilio
) -> None:
    close(case)
    advance(hours=50)
    enqueue(case, SMS, topic="answer", needs_case="any")
    assert send_due() == ["sent"]
    calls.receipt(case, "undelivered", ErrorCode="30003")
    advance(hours=2)
    assert send_due() == ["sent"]


def test_whoever_wrote_is_answered_once_more_where_it_did_not_arrive(
    case: int, exchange: Exchange, calls: Twilio
) -> None:
    enqueue(case, SMS, topic="reply", needs_case="any")
    assert send_due() == ["sent"]
    calls.receipt(case, "undelivered", ErrorCode="30003")
    assert send_due() == []
    advance(minutes=5)
    assert send_due() == ["sent"]
    calls.receipt(case, "undelivered", ErrorCode="30003")
    assert states(case) == [("sms", "failed", "twilio_30003")]
    assert len(exchange.sent) == 2


def test_who_has_their_parcel_is_not_told_again(
    case: int, exchange: Exchange, calls: Twilio
) -> None:
    close(case, "delivered")
    enqueue(case, SMS, needs_case="any")
    send_due()
    calls.receipt(case, "undelivered")
    assert states(case) == [("sms", "failed", "twilio_undelivered")]


def test_delivered_after_all_stops_the_other_way(sent: int, calls: Twilio) -> None:
    calls.receipt(sent, "undelivered")
    calls.receipt(sent, "delivered")
    assert send_due() == []
    assert states(sent) == [
        ("sms", "delivered", None),
        ("email", "suppressed", "went_another_way"),
    ]


def test_a_receipt_settles_a_doubt(case: int, exchange: Exchange, calls: Twilio) -> None:
    exchange.answers, exchange.accepts = [(500, {})], False
    enqueue(case, SMS, MAIL)
    assert send_due() == ["unknown"]
    assert calls.receipt(case, "sent") == 204
    advance(minutes=5)
    assert send_due() == []
    assert states(case) == [("sms", "sent", None), ("email", "suppressed", "went_another_way")]


def test_sent_but_not_delivered_opens_the_other_way_again(
    case: int, exchange: Exchange, calls: Twilio
) -> None:
    exchange.answers, exchange.accepts = [(500, {})], False
    enqueue(case, SMS, MAIL)
    assert send_due() == ["unknown"]
    calls.receipt(case, "sent")
    calls.receipt(case, "undelivered", ErrorCode="30005")
    calls.receipt(case, "undelivered", ErrorCode="30005")
    assert send_due() == ["delivered"]
    assert states(case) == [("sms", "failed", "twilio_30005"), ("email", "delivered", None)]


def test_what_the_other_way_told_is_not_told_again(
    case: int, exchange: Exchange, calls: Twilio
) -> None:
    exchange.answers, exchange.accepts = [(500, {})], False
    enqueue(case, SMS, MAIL)
    send_due()
    advance(minutes=1)
    assert send_due() == ["delivered"]
    calls.receipt(case, "sent")
    calls.receipt(case, "undelivered")
    assert send_due() == []
    assert states(case) == [("sms", "failed", "twilio_undelivered"), ("email", "delivered", None)]


def test_a_doubt_that_turns_out_bad_is_not_told_twice(
    case: int, exchange: Exchange, calls: Twilio
) -> None:
    exchange.answers, exchange.accepts = [(500, {})], False
    enqueue(case, SMS)
    send_due()
    calls.receipt(case, "failed")
    assert [kind for kind, _ in timeline(case)] == ["message_undeliverable"]


def test_a_receipt_before_the_record_is_not_lost(
    case: int, exchange: Exchange, calls: Twilio
) -> None:
    enqueue(case, SMS, MAIL)
    interrupt(case)
    assert calls.receipt(case, "delivered", sid="SM-1") == 204
    settle_stale()
    (row,) = messages(case)
    assert (row["state"], row["provider_id"]) == ("delivered", "SM-1")


def test_a_receipt_of_an_earlier_try_does_not_undo_a_later_one(
    case: int, exchange: Exchange, calls: Twilio
) -> None:
    exchange.answers, exchange.accepts = [(500, {})], False
    enqueue(case, SMS, audience="dispatcher")
    assert send_due() == ["again"]
    advance(seconds=5)
    assert send_due() == ["sent"]
    calls.receipt(case, "failed", sid="SM-of-the-first-try")
    assert states(case) == [("sms", "sent", None)]
    calls.receipt(case, "delivered", sid="SM-of-the-first-try")
    assert states(case) == [("sms", "delivered", None)]


def test_a_receipt_saves_the_repeat(case: int, exchange: Exchange, calls: Twilio) -> None:
    exchange.answers, exchange.accepts = [(500, {})], False
    enqueue(case, SMS, audience="dispatcher")
    assert send_due() == ["again"]
    calls.receipt(case, "delivered", sid="SM-1")
    advance(seconds=5)
    assert send_due() == []
    assert states(case) == [("sms", "delivered", None)]


def test_a_receipt_for_what_was_never_sent_changes_nothing(
    case: int, exchange: Exchange, calls: Twilio
) -> None:
    enqueue(case, SMS)
    calls.receipt(case, "delivered", sid="SM-1")
    assert states(case) == [("sms", "queued", None)]
    form = {"MessageSid": "SM", "MessageStatus": "sent"}
    assert calls.post("/callbacks/twilio/status?m=999999", **form).status_code == 204


def test_a_receipt_without_our_id_is_matched_by_twilios(sent: int, calls: Twilio) -> None:
    (row,) = messages(sent)
    form = {"MessageSid": row["provider_id"], "MessageStatus": "delivered"}
    assert calls.post("/callbacks/twilio/status", **form).status_code == 204
    assert states(sent) == [("sms", "delivered", None)]
    unknown = form | {"MessageSid": "SM-unknown"}
    assert calls.post("/callbacks/twilio/status", **unknown).status_code == 204


def test_twilio_tells_of_an_opt_out_in_a_receipt(sent: int, calls: Twilio) -> None:
    calls.receipt(sent, "undelivered", ErrorCode="21610")
    assert [row["recipient"] for row in read("SELECT recipient FROM opt_outs")] == [PHONE]


@pytest.mark.parametrize("path", ["/callbacks/twilio/status?m=1", "/callbacks/twilio/reply"])
def test_a_forgery_is_refused(sent: int, calls: Twilio, path: str) -> None:
    form = {
        "MessageSid": "SM-1",
        "MessageStatus": "delivered",
        "From": PHONE,
        "Body": "STOP",
    }
    signed = signatures.sign(TOKEN, PUBLIC + path + "".join(k + form[k] for k in sorted(form)))
    bit = bytearray(signed)
    bit[3] ^= 1
    for signature in ("", bit.decode(), signed.decode().lower(), signed.decode()[:-1]):
        answer = calls.post(path, signature, **form)
        assert answer.status_code == 403
        assert answer.mimetype == "application/problem+json"
        assert answer.json["code"] == "bad_signature"
    assert calls.post(path, signed.decode(), **(form | {"From": PHONE + "1"})).status_code == 403
    assert calls.post(path + "0", signed.decode(), **form).status_code in {403, 404}
    assert states(sent) == [("sms", "sent", None)]
    assert read("SELECT 1 FROM opt_outs") == []
    assert calls.post(path, signed.decode(), **form).status_code < 300


def test_without_a_token_nobody_can_sign(settings: Settings, exchange: Exchange) -> None:
    app = Flask("test")
    app.config["SETTINGS"] = settings
    errors.register(app)
    app.register_blueprint(callbacks.blueprint())
    signature = signatures.sign("", settings.public_url + "/callbacks/twilio/status").decode()
    answer = app.test_client().post(
        "/callbacks/twilio/status", headers={"X-Twilio-Signature": signature}
    )
    assert answer.status_code == 403


def test_signed_but_not_what_was_announced(calls: Twilio) -> None:
    answer = calls.post("/callbacks/twilio/status", MessageStatus="sent")
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == "MessageSid"


def test_a_flood_is_not_read(calls: Twilio) -> None:
    assert calls.post("/callbacks/twilio/reply", Body="x" * 70_000).status_code == 413


@pytest.mark.parametrize("words", ["STOP", " stop\n", "Stop!", "Unsubscribe", "quit", "END."])
def test_stop_is_one_word(sent: int, calls: Twilio, words: str) -> None:
    answer = calls.reply(words)
    assert (answer.status_code, answer.mimetype) == (200, "text/xml")
    assert answer.text == '<?xml version="1.0" encoding="UTF-8"?><Response/>'
    assert [row["why"] for row in read("SELECT why FROM opt_outs")] == ["reply"]
    assert keywords(sent) == ["opt_out"]
    enqueue(sent, SMS, idempotency_key="next")
    assert send_due() == ["suppressed"]


def test_start_takes_it_back(sent: int, calls: Twilio) -> None:
    calls.reply("STOP")
    calls.reply("start", sid="SM-later")
    enqueue(sent, SMS, idempotency_key="next")
    assert send_due() == ["sent"]
    assert keywords(sent) == ["opt_out", "opt_in"]


def test_a_start_that_is_delivered_again_after_a_later_stop_changes_nothing(
    sent: int, calls: Twilio
) -> None:
    calls.reply("START", sid="SM-1")
    calls.reply("STOP", sid="SM-2")
    assert calls.reply("START", sid="SM-1").status_code == 200
    assert len(read("SELECT 1 FROM opt_outs WHERE lifted_at IS NULL")) == 1
    assert keywords(sent) == ["opt_in", "opt_out"]


def test_help_stands_in_the_story_and_is_no_reply(sent: int, calls: Twilio) -> None:
    for _ in range(2):
        assert calls.reply("Help!").status_code == 200
    assert keywords(sent) == ["help"]
    assert [kind for kind, _ in timeline(sent)] == ["customer_word"]


@given(
    st.permutations(range(5)), st.lists(st.sampled_from(("STOP", "START")), min_size=5, max_size=5)
)
@settings_of_hypothesis(
    max_examples=20,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_of_dated_words_the_newest_counts_in_whatever_order_they_come(
    settings: Settings, order: list[int], said: list[str]
) -> None:
    run("TRUNCATE inbound_messages, opt_outs")
    heard.configure(receivers.RECEIVERS)
    begun = clock.now()
    for nth in (*order, *order):
        fact = heard.incoming(
            provider="p",
            provider_id=str(nth),
            channel="sms",
            sender=PHONE,
            words=said[nth],
            at=begun + timedelta(seconds=nth),
        )
        with transaction() as conn:
            heard.tell(conn, fact, clock.now())
    assert len(read("SELECT 1 FROM opt_outs WHERE lifted_at IS NULL")) == (said[-1] == "STOP")


def test_of_two_words_of_the_same_second_stop_counts(settings: Settings) -> None:
    heard.configure(receivers.RECEIVERS)
    at = clock.now()
    for words_, order in (("STOP", 1), ("START", 2)):
        fact = heard.incoming(
            provider="p", provider_id=str(order), channel="sms", sender=PHONE, words=words_, at=at
        )
        with transaction() as conn:
            heard.tell(conn, fact, at)
    assert len(read("SELECT 1 FROM opt_outs WHERE lifted_at IS NULL")) == 1


def test_keywords_of_the_accounts_own(sent: int, calls: Twilio) -> None:
    calls.reply("ARRET", OptOutType="STOP")
    assert len(read("SELECT 1 FROM opt_outs WHERE lifted_at IS NULL")) == 1


def test_words_join_the_open_case_once(sent: int, exchange: Exchange, calls: Twilio) -> None:
    other = make_case("T2")
    enqueue(other, SMS)
    send_due()
    close(other)
    for _ in range(2):
        assert calls.reply("Please stop at my neighbour’s").status_code == 200
    # the case they were written to about last, whatever became of it
    ((kind, facts),) = [entry for entry in timeline(other) if entry[0] == "customer_reply"]
    assert (kind, facts["words"]) == ("customer_reply", "Please stop at my neighbour’s")
    calls.reply("and thanks", sid="SM-second")
    assert timeline(other)[-1][1]["words"] == "and thanks"
    enqueue(sent, SMS, idempotency_key="again")
    send_due()
    calls.reply("it came", sid="SM-third")
    assert timeline(sent)[-1][1]["words"] == "it came"


def test_a_reply_makes_the_chain_follow_the_policy(
    case: int, exchange: Exchange, calls: Twilio
) -> None:
    follow = '{"words": [{"arm": "call_dispatcher"}]}'
    (changed,) = read(
        """WITH p AS (INSERT INTO policies (name, body, created_at)
               SELECT 'answering', jsonb_set(body, '{after,reply}', %s::jsonb), created_at
                 FROM policies LIMIT 1 RETURNING id)
           UPDATE cases SET policy_id = (SELECT id FROM p) RETURNING policy_id""",
        follow,
    )
    policy.forget(changed["policy_id"])  # another test of this process may have known its number
    enqueue(case, SMS)
    send_due()
    calls.reply("I am at home now")
    assert sorted(links(case)) == ["call_dispatcher", "call_for_question", "promise_answer"]


def test_a_reply_from_nobody_we_know_is_answered(case: int, calls: Twilio) -> None:
    assert calls.reply("who are you?").status_code == 200
    assert timeline(case) == []
    assert [(m["topic"], m["recipient"]) for m in messages(0)] == [("no_case", PHONE)]


def test_the_form_is_signed_value_by_value() -> None:
    form: MultiDict[str, str] = MultiDict([("b", "2"), ("a", "1"), ("b", "1"), ("b", "2")])
    assert signatures.signed(
        "t", "https://x/", form, signatures.sign("t", "https://x/a1b1b2").decode()
    )


@pytest.mark.parametrize("topic", ["reply", "help", "answer", "refusal", "mine", "link"])
def test_what_leaves_at_any_hour_is_not_said_again_long_after(
    case: int, exchange: Exchange, calls: Twilio, topic: str
) -> None:
    close(case)
    before = links(case)
    enqueue(case, SMS, topic=topic, needs_case="any")
    for hours in (2, 4, 8, 12):
        if send_due():
            calls.receipt(case, "undelivered", ErrorCode="30003")
        advance(hours=hours)
    assert send_due() == [], "it may be night"
    assert states(case) == [("sms", "failed", "twilio_30003")]
    assert links(case) == before, "how it ended is known"

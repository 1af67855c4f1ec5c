"""Reasons: one table that everything agrees with."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import languages
from app.cases.model import CaseKind
from app.customer.reasons import sentence
from app.intake import reasons, words
from app.intake.couriers import NAMES, adapter


def test_the_table_is_whole() -> None:
    for code, reason in reasons.REASONS.items():
        assert reason.code == code
        assert reason.kind in reasons.KINDS
        assert reason.fault in reasons.FAULTS
    assert {reason.fault for reason in reasons.REASONS.values()} == set(reasons.FAULTS)
    assert reasons.OPENING == ("failed", "refused", "returned", "lost", "damaged", "held")
    assert all(reasons.usual(kind) in reasons.REASONS for kind in reasons.KINDS)


def test_what_a_customer_reads_blames_nobody() -> None:
    for reason in reasons.REASONS.values():
        if reason.kind in reasons.OPENING:
            said = sentence(languages.get(), reason.code, CaseKind(reason.kind))
            assert said.endswith(".")
            assert not re.search(
                r"\b(fault|blame|you failed|forgot|should have)\b", said, re.IGNORECASE
            )


@pytest.mark.parametrize("name", NAMES)
def test_every_adapters_tables_end_in_reasons(name) -> None:
    tables = [value for value in vars(adapter(name)).values() if isinstance(value, dict)]
    for told in (value for table in tables for value in table.values()):
        if isinstance(told, tuple) and told[:1] and told[0] in reasons.KINDS:
            assert told[1] in reasons.REASONS


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Customer not available", "recipient_unavailable"),
        ("Returned to sender: refused", "returned"),
        ("REFUSED by customer", "refused"),
        ("Bad Address", "address_incorrect"),
        ("", "unknown"),
        ("Something else", "unknown"),
    ],
)
def test_words_that_decide(words, code) -> None:
    assert reasons.from_words(words, None) == code


PHRASES = [
    tuple(line.split("\t"))
    for line in (Path(__file__).parent / "phrases.tsv").read_text("utf-8").splitlines()
    if line and line[0] != "#"
]


def test_there_are_as_many_phrases_as_couriers_have_moods() -> None:
    assert len(PHRASES) >= 200
    said = {code for _, code in PHRASES}
    assert said <= set(reasons.REASONS)


@pytest.mark.parametrize(("phrase", "code"), PHRASES)
def test_a_phrase_of_the_corpus(phrase, code) -> None:
    told = reasons.from_words(phrase)
    assert (words.cause(phrase) if told == "returned" and code != told else told) == code


@pytest.mark.parametrize("phrase", [phrase for phrase, code in PHRASES if code != "unknown"])
def test_capitals_and_underscores_change_nothing(phrase) -> None:
    assert reasons.from_words(phrase.upper()) == reasons.from_words(phrase)
    assert reasons.from_words(phrase.replace(" ", "_")) == reasons.from_words(phrase)


@given(st.text())
def test_any_text_has_a_reason_of_the_table(text) -> None:
    assert reasons.from_words(text) in reasons.REASONS
    for kind in reasons.KINDS:
        judged = reasons.judge(kind, "unknown", text)
        assert judged[0] in reasons.KINDS
        assert judged[1] in reasons.REASONS


@pytest.mark.parametrize(
    ("given_", "text", "expected"),
    [
        (("delivered", "delivered"), "Delivered, To Original Sender", "returned_to_sender"),
        (("delivered", "delivered"), "Dem Absender zugestellt", "returned_to_sender"),
        (("delivered", "delivered"), "Livré à l'expéditeur", "returned_to_sender"),
        (("delivered", "delivered"), "Entregado al remitente", "returned_to_sender"),
        (("delivered", "delivered"), "Bezorgd bij afzender", "returned_to_sender"),
        (("delivered", "delivered"), "Doręczono do nadawcy", "returned_to_sender"),
        (("delivered", "delivered"), "Delivered, Front Door/Porch", "delivered"),
        (("delivered", "delivered"), "Left with neighbour", "delivered"),
        (("returned", "returned"), "Returned because of an incorrect address", "address_incorrect"),
        (("returned", "returned"), "On its way back", "returned"),
        (("failed", "attempt_failed"), "Office closed", "business_closed"),
        (("failed", "business_closed"), "Not attempted", "business_closed"),
        (("failed", "cancelled"), "Order cancelled by customer", "refused"),
        (("warning", "unknown"), "Refused by customer", "refused"),
        (("warning", "unknown"), "Vehicle breakdown", "unknown"),
        (("progress", "on_the_way"), "Refused by customer", "refused"),
        (("progress", "unknown"), "Refused by customer", "unknown"),
        (
            ("progress", "unknown"),
            "Parcel is waiting at the locker, ready to collect",
            "ready_for_pickup",
        ),
        (("progress", "on_the_way"), "Delivery attempted: nobody home", "recipient_unavailable"),
        (("progress", "on_the_way"), "Will be returned to sender if unclaimed", "on_the_way"),
        (
            ("progress", "on_the_way"),
            "Delivery attempted, customer not available. We will try again tomorrow",
            "recipient_unavailable",
        ),
        (
            ("progress", "on_the_way"),
            "Held at Corner Shop, will be returned if nobody comes",
            "ready_for_pickup",
        ),
        (("progress", "on_the_way"), "Hold at location requested", "on_the_way"),
        (("progress", "on_the_way"), "Out for delivery to UPS Access Point", "on_the_way"),
        (("progress", "on_the_way"), "Delivery attempt in progress", "on_the_way"),
        (
            ("progress", "on_the_way"),
            "Zustellversuch erfolglos, niemand angetroffen",
            "recipient_unavailable",
        ),
    ],
)
def test_codes_then_words(given_, text, expected) -> None:
    kind, reason = reasons.judge(*given_, text)
    assert reason == expected
    if reason != given_[1] and given_[0] != "returned":
        assert kind == reasons.kind_of_failure(reason)


@pytest.mark.parametrize(
    "text",
    [
        "If it is not claimed it will be returned to sender. Notice left",
        "Attempted, no one home. Before we return it to the sender we try again",
    ],
)
def test_a_return_that_is_only_announced_has_not_begun(text) -> None:
    assert reasons.judge("failed", "unknown", text)[0] != "returned"


@pytest.mark.parametrize("code", ["attempt_failed", "unknown", "undeliverable"])
@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Returned to shipper - unclaimed", "not_collected"),
        ("Devolución al origen por no recogido", "not_collected"),
        ("Niet opgehaald, retour afzender", "not_collected"),
        ("Address incorrect, parcel is being returned to sender", "address_incorrect"),
        ("Zwrócono do nadawcy, przesyłka uszkodzona", "damaged"),
        ("Geht zurück an den Händler", "returned"),
    ],
)
def test_a_failure_whose_words_send_it_back_is_a_return(code, text, why) -> None:
    """Nobody is offered another try of a parcel that is on its way to the shop."""
    assert reasons.judge("failed", code, text) == ("returned", why)


@pytest.mark.parametrize(
    "text",
    [
        "Failed, see time window",
        "Customer changed delivery time",
        "Delivery attempt unsuccessful, recipient name on file",
        "Delivered in wrong zone",
        "Failed: no information",
        "Zustellung fehlgeschlagen, Uhrzeit siehe Zeitfenster",
    ],
)
def test_a_word_that_is_said_of_anything_names_no_cause(text: str) -> None:
    """To say that nobody tried, because a time was mentioned, would be to blame the courier."""
    assert reasons.judge("failed", "attempt_failed", text) == ("failed", "attempt_failed")


def test_news_on_the_way_that_it_goes_back_is_a_return() -> None:
    told = "Returned to sender because it was unclaimed"
    assert reasons.judge("progress", "on_the_way", told) == ("returned", "not_collected")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Customer not having money", "payment_due"),
        ("Consignee without money", "payment_due"),
        ("Recipient did not have the exact amount", "payment_due"),
        ("Cash was not arranged by the customer", "payment_due"),
        ("No change in status", "unknown"),
        ("Package is being held at FedEx Office, 12 Main St", "ready_for_pickup"),
        ("Held at Walgreens, 4 Elm Ave", "ready_for_pickup"),
        ("Held at post office at customer request", "ready_for_pickup"),
        ("Held at customs", "customs_hold"),
        ("Held at the origin facility", "unknown"),
        ("Held at the sender's request", "unknown"),
    ],
)
def test_more_words_that_decide(text, code) -> None:
    assert reasons.from_words(text) == code


SENT_BACK = [
    tuple(line.split("\t"))
    for line in (Path(__file__).parent / "sent_back.tsv").read_text("utf-8").splitlines()
    if line[0] != "#"
]


@pytest.mark.parametrize(("phrase", "back"), SENT_BACK)
def test_a_delivery_to_the_sender_is_none_to_the_customer(phrase, back) -> None:
    kind = "returned" if back == "yes" else "delivered"
    assert reasons.judge("delivered", "delivered", phrase)[0] == kind


def test_whose_fault_it_is() -> None:
    assert reasons.fault("not_attempted") == "courier"
    assert reasons.fault("payment_due") == "shipper"
    assert reasons.fault("phone_missing") == "shipper"


def test_the_kind_follows_the_reason() -> None:
    assert reasons.kind_of_failure("lost") == "lost"
    assert reasons.kind_of_failure("destroyed") == "lost"
    assert reasons.kind_of_failure("weather_delay") == "failed"
    assert reasons.kind_of_failure("unknown") == "failed"
    assert reasons.fault("no such code") == "unknown"


ON_THE_WAY = [
    line
    for line in (Path(__file__).parent / "on_the_way.txt").read_text("utf-8").splitlines()
    if line and line[0] != "#"
]


@pytest.mark.parametrize("text", ON_THE_WAY)
def test_news_on_the_way_is_nothing_else(text) -> None:
    assert reasons.judge("progress", "on_the_way", text)[0] == "progress"
    assert reasons.judge("progress", "unknown", text)[0] == "progress"

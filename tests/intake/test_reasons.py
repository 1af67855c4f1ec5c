"""Reasons: one table that everything agrees with."""

from __future__ import annotations

import re

import pytest

from app.intake import reasons
from app.intake.couriers import NAMES, adapter


def test_the_table_is_whole() -> None:
    for code, reason in reasons.REASONS.items():
        assert reason.code == code
        assert reason.kind in reasons.KINDS
        assert reason.fault in reasons.FAULTS
        assert reason.plain.endswith(".")
    assert {reason.fault for reason in reasons.REASONS.values()} == set(reasons.FAULTS)
    assert reasons.OPENING == ("failed", "refused", "returned", "lost", "damaged")
    assert all(reasons.usual(kind) in reasons.REASONS for kind in reasons.KINDS)


def test_what_a_customer_reads_blames_nobody() -> None:
    for reason in reasons.REASONS.values():
        assert not re.search(
            r"\b(fault|blame|you failed|forgot|should have)\b", reason.plain, re.IGNORECASE
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


def test_the_kind_follows_the_reason() -> None:
    assert reasons.kind_of_failure("lost") == "lost"
    assert reasons.kind_of_failure("destroyed") == "lost"
    assert reasons.kind_of_failure("weather_delay") == "failed"
    assert reasons.kind_of_failure("unknown") == "failed"
    assert reasons.fault("no such code") == "unknown"

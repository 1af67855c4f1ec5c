"""Numbers as people of many countries write them, and addresses as mail goes to them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.channels import letter
from app.shipments import reachable
from app.shipments.orders import rules
from app.shipments.reachable import check_email, check_number

WRITTEN = [
    tuple(line.split("\t"))
    for line in (Path(__file__).parent / "phones.tsv").read_text("utf-8").split("\n")
    if line and line[0] != "#"
]


def test_there_are_numbers_enough() -> None:
    assert len(WRITTEN) >= 200
    assert len({country for country, _, _ in WRITTEN}) >= 40


@pytest.mark.parametrize(("country", "text", "expected"), WRITTEN)
def test_a_written_number(country, text, expected) -> None:
    found = check_number(text.encode().decode("unicode_escape") if "\\" in text else text, country)
    if expected.startswith("!"):
        assert found.fault == expected[1:]
    else:
        assert (found.e164, found.fault) == (expected, None)


@pytest.mark.parametrize(
    ("text", "e164", "extension"),
    [
        ("(714) 555-4231 ext. 12", "+17145554231", "12"),
        ("714-555-4231 x12", "+17145554231", "12"),
        ("+1 480-618-1234 PIN 12345678", "+14806181234", "12345678"),
        ("480-618-1234, pin: 4711", "+14806181234", "4711"),
    ],
)
def test_an_extension_is_kept_and_only_a_caller_can_dial_it(text, e164, extension) -> None:
    found = check_number(text, "US")
    assert (found.e164, found.extension, found.fault) == (e164, extension, "extension")


@pytest.mark.parametrize(
    "text",
    [
        "9999999999",
        "+91 99999 99999",
        "0000000000",
        "1111111111",
        "1234567890",
        "0123456789",
        "07000000000",
        "+49 151 99999999",
    ],
)
def test_a_placeholder_is_refused_by_its_name(text) -> None:
    assert check_number(text, "IN") == reachable.Number(None, None, "placeholder")
    assert "placeholder" in reachable.WHY["placeholder"]


@given(st.text(max_size=60), st.sampled_from(["US", "IN", "DE", "MX", "ZZ"]))
def test_any_text_is_a_number_or_has_a_fault(text, country) -> None:
    found = check_number(text, country)
    assert (found.fault is None) <= (found.e164 is not None)
    if found.fault is not None:
        assert found.fault in reachable.WHY


@pytest.mark.parametrize(
    ("text", "sent_to"),
    [
        ("kim@example.com", "kim@example.com"),
        (" Kim@EXAMPLE.com ", "Kim@example.com"),
        ("a@exämple.de", "a@xn--exmple-cua.de"),
        ("o'brien+parcel@example.co.uk", "o'brien+parcel@example.co.uk"),
        ("jürgen@example.de", None),
        ("kim@", None),
        ("null", None),
        (f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 63}.com", None),
    ],
)
def test_the_gate_and_the_sender_have_one_rule_for_mail(text, sent_to) -> None:
    found = check_email(text)
    assert found == sent_to
    if found:
        assert letter.address(found).addr_spec == found


@given(st.emails() | st.text(max_size=30).map(lambda text: f"{text}@exämple.de"))
def test_what_the_gate_lets_in_can_be_sent_to(text) -> None:
    found = check_email(text)
    if found:
        letter.address(found)


def test_a_local_part_outside_ascii_has_a_code_of_its_own() -> None:
    order = {
        "tracking_number": "T1",
        "name": "Null",
        "phone": "+12133734253",
        "email": "jürgen@example.de",
        "address": {"line1": "1 Road", "city": "LA", "country": "US"},
    }
    assert [(f.field, f.code) for f in rules.read(order).faults] == [
        ("email", "local_part_not_ascii")
    ]
    read = rules.read(order | {"email": "a@exämple.de", "order_ref": "null"})
    assert read.order
    assert (read.order.email, read.order.order_ref) == ("a@xn--exmple-cua.de", None)
    assert read.order.name == "Null"

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


WITH = "(714) 555-4231 ext. 12345678"


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
    ("country", "text", "kept"),
    [
        ("US", "(714) 555-4231 ext. 12", "+17145554231;ext=12"),
        ("US", "714-555-4231 x12", "+17145554231;ext=12"),
        ("US", "714-555-4231x12", "+17145554231;ext=12"),
        ("US", "714.555.4231 #12", "+17145554231;ext=12"),
        ("US", "tel:+1-714-555-4231;ext=55", "+17145554231;ext=55"),
        ("US", "714-555-4231,,12345678#", "+17145554231;ext=12345678"),
        ("US", "+1 (480) 618-1234 p4711", "+14806181234;ext=4711"),
        ("US", "+1 480-618-1234 PIN 12345678", "+14806181234;ext=12345678"),
        ("US", "480-618-1234, pin: 4711", "+14806181234;ext=4711"),
        ("US", "(480) 618-1234 (access code 123456)", "+14806181234;ext=123456"),
        ("US", "Call 213-373-4253 ext 12 after 5", "+12133734253;ext=12"),
        ("GB", "020 7946 0958 extension 3", "+442079460958;ext=3"),
        ("DE", "+49 30 901820 Durchwahl 12", "+4930901820;ext=12"),
        ("DE", "030 901820 App. 12", "+4930901820;ext=12"),
        ("AT", "01 58858 Klappe 12", "+43158858;ext=12"),
        ("FR", "01 42 68 53 00 poste 12", "+33142685300;ext=12"),
        ("IT", "06 6982 1234 int. 12", "+390669821234;ext=12"),
        ("ES", "912 34 56 78 extensión 12", "+34912345678;ext=12"),
        ("MX", "044 55 1234 5678 ext. 123", "+525512345678;ext=123"),
        ("BR", "(11) 91234-5678 ramal 12", "+5511912345678;ext=12"),
        ("NL", "020 123 4567 toestel 12", "+31201234567;ext=12"),
        ("PL", "22 123 45 67 wew. 12", "+48221234567;ext=12"),
    ],
)
def test_an_extension_is_kept_and_only_a_caller_can_dial_it(country, text, kept) -> None:
    found = check_number(text, country)
    assert (found.full, found.fault, found.callable) == (kept, "extension", True)
    assert check_number(kept, "ZZ") == found  # it is understood as it is kept


@pytest.mark.parametrize(
    ("country", "text"),
    [
        ("IN", "9876543210 pin 400001"),  # India's name for a postcode
        ("IN", "9876543210 ext 12 / 9123456780"),
        ("US", "Apt 12, 213-373-4253"),
        ("US", "213-373-4253 #"),
        ("US", "p 213 373 4253 w 714 555 4231"),
        ("DE", "App 12, 0151 23456789"),
    ],
)
def test_what_is_no_extension_of_a_number_leaves_it_textable(country, text) -> None:
    assert check_number(text, country).fault is None


@pytest.mark.parametrize(
    ("text", "kept"),
    [(WITH, "+17145554231;ext=12345678"), (f"{WITH} / 213-373-4253", "+12133734253")],
)
def test_the_order_gate_keeps_what_can_be_called_and_prefers_what_can_be_written_to(
    text, kept
) -> None:
    address = {"line1": "1 Road", "city": "LA", "country": "US"}
    order = {"tracking_number": "T1", "name": "Kim", "phone": text, "address": address}
    read = rules.read(order)
    assert read.order
    assert (read.order.phone, read.faults, read.invalid_number) == (kept, [], None)


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

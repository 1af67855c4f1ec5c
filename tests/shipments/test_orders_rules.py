"""Reading one order: cleaned, normalised, or refused with a stable code per field."""

from __future__ import annotations

import unicodedata

import orjson
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.shipments import normal
from app.shipments.orders import rules
from app.shipments.store import Order

GOOD = {
    "tracking_number": "RK100200300",
    "order_ref": "ORD-1001",
    "name": "Mary O'Brien",
    "phone": "+1 714 555 4231",
    "email": "mary@Example.com",
    "language": "en-us",
    "address": {"line1": "1 Main St", "city": "Anaheim", "postcode": "92805", "country": "us"},
}


def codes(order):
    return {fault.field: fault.code for fault in rules.read(order).faults}


def test_a_good_order_is_normalised():
    read = rules.read(GOOD)
    assert read.faults == []
    assert read.order == Order(
        tracking_number="RK100200300",
        order_ref="ORD-1001",
        name="Mary O'Brien",
        phone="+17145554231",
        email="mary@example.com",
        language="en-US",
        address={"line1": "1 Main St", "city": "Anaheim", "postcode": "92805", "country": "US"},
        terms={},
    )


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("tracking_number", None, "missing"),
        ("tracking_number", " \t", "missing"),
        ("tracking_number", "x" * 129, "too_long"),
        ("tracking_number", ["a"], "not_text"),
        ("name", "\x00\u200b", "missing"),
        ("name", {"first": "Mary"}, "not_text"),
        ("name", "x" * 201, "too_long"),
        ("phone", "", "missing"),
        ("phone", None, "missing"),
        ("phone", True, "not_text"),
        ("phone", "call me", "not_a_number"),
        ("phone", "+1 714 55", "too_short"),
        ("phone", "+1 714 555 4231 99", "too_long"),
        ("phone", "+999 123 456 789", "unknown_country_code"),
        ("phone", "+1 111 555 4231", "not_assigned"),
        ("phone", "+1 900 555 4231", "premium"),
        ("phone", "+49 30 901820", "no_text_messages"),
        ("email", "mary@", "not_an_address"),
        ("email", 7.5, "not_text"),
        ("language", "klingon", "unknown_language"),
        ("language", "xx", "unknown_language"),
        ("language", "de_", "unknown_language"),
        ("address", None, "missing"),
        ("address", "1 Main St", "not_an_object"),
    ],
)
def test_every_fault_has_its_code(field, value, code):
    assert codes(GOOD | {field: value}) == {field: code}


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("country", "Utopia", "unknown_country"),
        ("country", "", "missing"),
        ("line1", None, "missing"),
        ("city", 3.5, "not_text"),
        ("postcode", "9" * 21, "too_long"),
    ],
)
def test_an_address_is_looked_at_by_its_fields(field, value, code):
    order = GOOD | {"address": {**GOOD["address"], field: value}}  # type: ignore[dict-item]
    assert codes(order) == {f"address.{field}": code}


def test_what_is_missing_is_named_at_once():
    needed = "tracking_number name phone address"
    assert codes({}) == dict.fromkeys(needed.split(), "missing")
    assert codes([1]) == {"": "not_an_object"}
    assert codes(None) == {"": "not_an_object"}


def test_every_code_has_words():
    for code in ("missing", "too_long", "not_text", "unknown_country", "unknown_language"):
        assert rules.fault("x", code).detail != code
    for read in (rules.read({}), rules.read(GOOD | {"phone": "+49 30 901820"})):
        assert all(len(fault.detail) > 10 for fault in read.faults)


@pytest.mark.parametrize(
    ("country", "phone", "e164"),
    [
        ("DE", "0170 1234567", "+491701234567"),
        ("Germany", "0170/1234567", "+491701234567"),
        ("GB", "07912 345678", "+447912345678"),
        ("US", 7145554231, "+17145554231"),
        ("US", "\u202a+1\xa0(714)\u00a0555-4231\u202c", "+17145554231"),
        ("IN", "098765 43210", "+919876543210"),
    ],
)
def test_numbers_are_read_in_the_country_of_the_address(country, phone, e164):
    order = GOOD | {"phone": phone, "address": {**GOOD["address"], "country": country}}  # type: ignore[dict-item]
    read = rules.read(order)
    assert read.order is not None
    assert read.order.phone == e164


def test_without_a_country_only_a_prefix_helps_and_one_fault_is_said_once():
    nowhere = GOOD | {"address": {**GOOD["address"], "country": "Utopia"}}  # type: ignore[dict-item]
    assert codes(nowhere | {"phone": "0170 1234567"}) == {"address.country": "unknown_country"}
    assert codes(nowhere | {"phone": "+49 30 901820"}) == {
        "address.country": "unknown_country",
        "phone": "no_text_messages",
    }


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("O'Brien", "O'Brien"),
        ("O’Brien", "O’Brien"),
        ("Müller", "Müller"),
        ("Mu\u0308ller", "Müller"),
        ("  Anna \t Lena\r\n", "Anna Lena"),
        ("Nguyễn Thị Ánh", "Nguyễn Thị Ánh"),
        ("王\u3000小明", "王 小明"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("Jean-Łukasz d’Été, Jr.", "Jean-Łukasz d’Été, Jr."),
        ("\ufeffAnna\u200b", "Anna"),
        ("Anna\u202eanneL", "AnnaanneL"),
        ("half\ud800", "half"),
        ("ＡＢＣ", "ＡＢＣ"),
    ],
)
def test_names_are_cleaned_and_never_mangled(given, kept):
    assert normal.line(given) == kept


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("de", "de"),
        ("DE", "de"),
        ("pt_br", "pt-BR"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("sr-LATN-rs", "sr-Latn-RS"),
        ("fil", "fil"),
        ("de-CH-1996", "de-CH-1996"),
        ("es-419", "es-419"),
        ("", None),
        ("-", None),
        ("english", None),
        ("e", None),
        ("zz", None),
        ("de--AT", None),
        ("de AT", None),
    ],
)
def test_languages_are_tags_in_their_usual_case(given, kept):
    assert normal.language(given) == kept


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from([*GOOD, "address.line1", "unknown"])


@given(st.dictionaries(FIELDS, JSON) | JSON)
def test_whatever_comes_is_an_order_or_has_faults(given):
    read = rules.read(given)
    assert (read.order is not None) or read.faults
    for fault in read.faults:
        assert fault.code
        assert fault.detail
    orjson.dumps([fault._asdict() for fault in read.faults])
    if read.order is not None and not read.faults:
        assert read.order.phone
        assert read.order.phone.startswith("+")


@given(st.text(max_size=40))
def test_a_line_is_stable_and_safe(text):
    line = normal.line(text)
    assert normal.line(line) == line
    assert line == line.strip()
    assert not any(unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} for c in line)
    line.encode()


@given(st.text(alphabet=st.characters(categories=["L", "M", "P"]), min_size=1, max_size=40))
def test_letters_marks_and_punctuation_stay(text):
    composed = unicodedata.normalize("NFC", text)
    assume(unicodedata.normalize("NFC", composed) == composed)
    assert normal.line(text) == composed


@given(st.text(max_size=20))
def test_a_language_tag_is_stable(text):
    tag = normal.language(text)
    assert tag is None or normal.language(tag) == tag


def batch(invalid, valid, missing=0):
    return (
        [rules.read(GOOD | {"phone": "+1 111 555 4231"})] * invalid
        + [rules.read(GOOD)] * valid
        + [rules.read(GOOD | {"phone": ""})] * missing
    )


def test_a_batch_is_held_over_the_share_and_not_at_it():
    assert rules.hold(batch(6, 14), 0.3) is None
    assert rules.hold(batch(7, 13), 0.3) == {"not_assigned": 7}
    assert rules.hold(batch(20, 0), 1.0) is None


def test_small_batches_and_missing_numbers_are_refused_one_by_one():
    assert rules.hold(batch(19, 0), 0.3) is None
    assert rules.hold(batch(0, 5, missing=25), 0.3) is None


@given(st.integers(0, 60), st.integers(0, 60), st.floats(0, 1, allow_nan=False), st.integers(1, 20))
def test_more_invalid_numbers_never_free_a_batch(invalid, valid, share, more):
    if rules.hold(batch(invalid, valid), share):
        assert rules.hold(batch(invalid + more, valid), share)


def order(number, **said):
    return Order(
        **{
            "tracking_number": number,
            "order_ref": None,
            "name": None,
            "phone": None,
            "email": None,
            "language": None,
            "address": None,
        }
        | said
    )


def test_the_same_parcel_twice_is_one_order_and_the_later_word_counts():
    merged = rules.merged(
        [
            order("a", name="Ann", email="a@example.com"),
            order("b", name="Ben"),
            order("a", name="Anna", phone="+17145554231"),
        ]
    )
    assert merged == [
        order("a", name="Anna", phone="+17145554231", email="a@example.com", terms={}),
        order("b", name="Ben"),
    ]


def test_lines_are_read_one_by_one():
    got = list(rules.lines(b'{"a": 1}\r\n\n  \n{"a": \n[]'))
    assert got == [{"a": 1}, rules.Unparsed('{"a": '), []]
    assert codes(got[1]) == {"": "not_json"}


@pytest.mark.parametrize(
    "text",
    [
        *("null", "(NULL)", "<none>", "null, null", "N/A.", "#REF!", "tbd", '""', "[]", "–", "…"),
        *("0000-00-00", "0001-01-01", "[object Object]"),
    ],
)
def test_a_blank_in_disguise_is_nothing(text) -> None:
    assert normal.nothing(text)


@pytest.mark.parametrize(
    "text",
    [
        *("Nullstr. 5", "N", "U", "#12", "(714) 555-0100", "Unit 5", "No. 7", "NUL-1", "0", "-5"),
        *("None left", "unknown road 4", "नहीं", "Not available"),
    ],
)
def test_what_says_something_is_kept(text) -> None:
    assert not normal.nothing(text)


@pytest.mark.parametrize(
    ("text", "none"),
    [
        *(("1900-01-01", True), ("1899-12-30T00:00:00", True), ("01/01/1900", True)),
        *(("9999-12-31", True), ("1970-01-01", True), ("2026-01-01", False), ("1.1.2026", False)),
    ],
)
def test_the_first_and_last_days_of_databases_are_no_dates(text, none) -> None:
    assert normal.no_date(text) is none

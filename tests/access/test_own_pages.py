"""Tokens and codes of customers' pages: what opens one, and what nobody can guess."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.access import own_pages, secret

CASES = st.integers(1, own_pages._LEFT - 1)
KEYS = st.binary(min_size=8, max_size=8)


@pytest.fixture(autouse=True, scope="module")
def house() -> Iterator[None]:
    before = secret._secret
    secret.configure("the secret of this house")
    yield
    secret._secret = before


@given(CASES, KEYS)
def test_a_token_says_its_case_and_key_and_hides_them(case_id: int, key: bytes) -> None:
    token = own_pages.token(case_id, key)
    assert own_pages.read(token) == (case_id, key)
    assert len(token) == 32
    assert own_pages.token(case_id + 1, key) != token


@given(CASES, KEYS, st.integers(0, 31), st.sampled_from("ABCxyz019-_"))
def test_a_changed_token_is_none_of_ours(case_id: int, key: bytes, at: int, letter: str) -> None:
    token = own_pages.token(case_id, key)
    other = token[:at] + letter + token[at + 1 :]
    assert other == token or own_pages.read(other) is None


@pytest.mark.parametrize("token", ["", "x", "é" * 32, "A" * 32, "A" * 33, "%00", "A" * 4000])
def test_nonsense_is_no_token(token: str) -> None:
    assert own_pages.read(token) is None


@given(CASES, KEYS)
def test_a_code_opens_its_own_case_and_no_other(case_id: int, key: bytes) -> None:
    code = own_pages.tidy(own_pages.code(case_id, key))
    assert own_pages.well_formed(code)
    assert own_pages.case_of(code) == case_id
    assert own_pages.opens(code, case_id, key)
    assert not own_pages.opens(code, case_id, bytes(8) if key != bytes(8) else b"\x01" * 8)
    assert not own_pages.opens(code, case_id + 1, key)


@given(CASES, KEYS, st.data())
def test_a_slip_of_the_finger_is_told(case_id: int, key: bytes, data: st.DataObject) -> None:
    code = own_pages.tidy(own_pages.code(case_id, key))
    at = data.draw(st.integers(0, 11))
    letter = data.draw(st.sampled_from(own_pages._ALPHABET))
    wrong = code[:at] + letter + code[at + 1 :]
    assert wrong == code or not own_pages.well_formed(wrong)
    swapped = code[: at - 1] + code[at] + code[at - 1] + code[at + 1 :] if at else code
    assert swapped == code or not own_pages.well_formed(swapped)


def test_a_code_is_read_from_any_keyboard() -> None:
    code = own_pages.code(7, b"01234567")
    plain = own_pages.tidy(code)
    arabic = plain.translate(str.maketrans("23456789", "٢٣٤٥٦٧٨٩"))
    wide = "".join(chr(ord(c) + 0xFEE0) for c in plain)
    for typed in (code.lower(), f"  {code} ", code.replace("-", " – "), arabic, wide):
        assert own_pages.tidy(typed) == plain
    assert own_pages.tidy("BSZ") == "852"


def test_of_codes_that_follow_each_other_nothing_is_alike() -> None:
    """Somebody who knows their own code must not come closer to their neighbour's."""
    codes = [own_pages.tidy(own_pages.code(number, bytes(8))) for number in range(1, 2000)]
    for at in range(own_pages.CODE_LENGTH):
        counts = [sum(code[at] == letter for code in codes) for letter in own_pages._ALPHABET]
        assert max(counts) < 3 * len(codes) / len(own_pages._ALPHABET)
    assert len({code[:6] for code in codes}) == len(codes)


def test_another_secret_opens_nothing() -> None:
    token, code = own_pages.token(7, b"01234567"), own_pages.tidy(own_pages.code(7, b"01234567"))
    secret.configure("another secret")
    assert own_pages.read(token) is None
    assert not own_pages.opens(code, 7, b"01234567")
    secret.configure("the secret of this house")
    assert own_pages.read(token)

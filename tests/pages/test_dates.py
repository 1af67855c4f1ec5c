"""Dates as a language writes them."""

from __future__ import annotations

from datetime import datetime
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.theme import dates

FORMS = get_args(dates.Form)


@given(at=st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1)))  # noqa: DTZ001 - any clocks
def test_in_english_day_comes_before_month_and_nothing_is_padded_but_the_clock(at):
    assert dates.say(at, "time") == f"{at:%H:%M}"
    assert dates.say(at, "day") == f"{at.day} {at:%b}"
    assert dates.say(at, "date") == f"{at:%A} {at.day} {at:%B}"
    assert dates.say(at, "date_with_year") == f"{at:%A} {at.day} {at:%B} {at.year}"
    assert dates.say(at, "short") == f"{at:%a} {at.day} {at:%b, %H:%M}"
    assert dates.say(at, "long") == f"{at:%A} {at.day} {at:%B, %H:%M}"


@pytest.mark.parametrize("language", dates._PATTERNS)
def test_a_language_has_every_form_and_makes_no_text_message_dearer(language):
    """CLDR likes narrow spaces, of which one makes a text message cost twice as much."""
    assert set(dates._PATTERNS[language]) == set(FORMS)
    for month in range(1, 13):
        for form in FORMS:
            text = dates.say(datetime(2026, month, month, 15), form, language)  # noqa: DTZ001
            assert not set(text) & set("\u202f\u2009\u00a0\u2013"), form

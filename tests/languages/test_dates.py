"""Dates as a language writes them."""

from __future__ import annotations

from datetime import datetime
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import languages
from app.languages import sms
from app.languages.language import Form

FORMS = get_args(Form)
HOUSE = languages.get()


@given(at=st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1)))  # noqa: DTZ001 - any clocks
def test_in_english_day_comes_before_month_and_nothing_is_padded_but_the_clock(at):
    assert HOUSE.date(at, "time") == f"{at:%H:%M}"
    assert HOUSE.date(at, "day") == f"{at.day} {at:%b}"
    assert HOUSE.date(at, "date") == f"{at:%A} {at.day} {at:%B}"
    assert HOUSE.date(at, "date_with_year") == f"{at:%A} {at.day} {at:%B} {at.year}"
    assert HOUSE.date(at, "short") == f"{at:%a} {at.day} {at:%b, %H:%M}"
    assert HOUSE.date(at, "long") == f"{at:%A} {at.day} {at:%B, %H:%M}"


@pytest.mark.parametrize(
    ("territory", "said"),
    [
        ("US", "Fri, Nov 27, 6:05\u202fPM"),
        ("IN", "Fri, 27 Nov, 6:05\u202fpm"),
        ("GB", "Fri 27 Nov, 18:05"),
        ("DE", "Fri 27 Nov, 18:05"),
    ],
)
def test_where_a_day_has_two_times_twelve_hours_english_says_them_so(territory, said):
    at = datetime(2026, 11, 27, 18, 5)  # noqa: DTZ001 - any clocks
    assert languages.get("en", territory).date(at, "short") == said


@pytest.mark.parametrize("code", languages.known())
@pytest.mark.parametrize("territory", ["", "US", "MX", "CA", "IN", "AE"])
def test_a_language_has_every_form_and_makes_no_text_message_dearer(code, territory):
    """CLDR likes narrow spaces, of which one makes a text message cost twice as much."""
    language = languages.get(code, territory)
    assert set(language.patterns) == set(FORMS)
    for month in range(1, 13):
        at = datetime(2026, month, month, 15)  # noqa: DTZ001 - any clocks
        for form in FORMS:
            said = language.date(at, form)
            assert not language.gsm or sms.fits(sms.as_sent(said, code)), said
            assert ("2026" in said) == (form == "date_with_year"), said


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("By {moment}.", "By 2:15 p.m."),
        ("By <b>{moment}</b>.", "By <b>2:15 p.m.</b>"),
        ("By <b>{moment}</b>. Then we book.", "By <b>2:15 p.m.</b> Then we book."),
        ("Waiting for {moment}...", "Waiting for 2:15 p.m...."),
    ],
)
def test_a_sentence_that_ends_with_an_hour_has_one_full_stop(sentence, said):
    assert HOUSE.html(sentence, moment="2:15 p.m.") == said

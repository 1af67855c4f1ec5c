"""What of an offer is meant: one, several to ask about, or none."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from app.replies import fitting, rules
from app.replies.fitting import Offered
from tests.replies.conftest import COUNTRIES

ZONE = ZoneInfo("America/Los_Angeles")
THURSDAY = date(2026, 11, 26)


def slot(day: int, begins: int, ends: int, month: int = 11) -> Offered:
    """A window that is named by its day and hour, such as `27-8`."""
    at = datetime(2026, month, day, tzinfo=ZONE)
    return Offered(f"{day}-{begins}", at.replace(hour=begins), at.replace(hour=ends))


POINT = Offered(
    "point:1",
    datetime(2026, 11, 27, 15, tzinfo=ZONE),
    datetime(2026, 12, 2, 18, tzinfo=ZONE),
    pickup=True,
)
OFFER = [
    slot(26, 17, 20),
    slot(27, 8, 12),
    slot(27, 13, 17),
    slot(27, 19, 21),
    slot(28, 8, 12),
    slot(28, 14, 18),
    slot(30, 8, 12),
    slot(4, 8, 12, 12),
    POINT,
]
LISTED = ["27-8", "27-19", "28-8"]


def fits(words: str, code: str = "en", today: date = THURSDAY) -> fitting.Fits:
    return fitting.fits(rules.read(words, code, COUNTRIES[code]), LISTED, OFFER, today)


@pytest.mark.parametrize(
    ("words", "choice"),
    [
        ("2", "27-19"),
        ("the last one", "28-8"),
        ("tomorrow after 7", "27-19"),
        ("tomorrow evening", "27-19"),
        ("tomorrow morning", "27-8"),
        ("tomorrow afternoon", "27-13"),
        ("Friday after 5", "27-19"),
        ("fri after 5pm", "27-19"),
        ("today", "26-17"),
        ("tonight", "26-17"),
        ("Monday", "30-8"),
        ("monday morning", "30-8"),
        ("Saturday morning please", "28-8"),
        ("Saturday between 2 and 6", "28-14"),
        ("Sat 8-12", "28-8"),
        ("tomorrow at 9", "27-8"),
        ("11/30", "30-8"),
        ("Dec 4th", "4-8"),
        ("Friday Dec 4", "4-8"),
        ("option 2 tomorrow", "27-19"),
        ("I'll pick it up", "point:1"),
        ("pick it up on Monday", "point:1"),
        ("tomorrow before noon", "27-8"),
    ],
)
def test_one_is_meant(words: str, choice: str) -> None:
    assert fits(words).one == choice


@pytest.mark.parametrize(
    ("words", "choices"),
    [
        ("tomorrow", ("27-8", "27-13", "27-19")),
        ("Saturday", ("28-8", "28-14")),
        ("in the evening", ("26-17", "27-19")),
        ("next Friday", ("27-8", "27-13", "27-19", "4-8")),  # people mean the one or the other
        ("this weekend", ("28-8", "28-14")),
    ],
)
def test_several_are_asked_about(words: str, choices: tuple[str, ...]) -> None:
    found = fits(words)
    assert found.one is None
    assert found.choices == choices


@pytest.mark.parametrize(
    "words",
    [
        "4",
        "Sunday",
        "Tuesday",
        "Friday the 28th",
        "tomorrow, Saturday",
        "the 31st of February",
        "12/25",
        "tomorrow after 8pm",
        "Saturday evening",
        "Saturday after 7",  # in the evening nothing is on offer, and "after 7 a.m." says nothing
        "option 2 on Saturday",
        "pick it up in December 2027",
        "12/30",
    ],
)
def test_what_is_not_on_offer_is_nothing(words: str) -> None:
    assert fits(words).choices == ()


def test_a_weekday_said_on_that_day_is_asked_about_when_both_are_on_offer() -> None:
    offer = [slot(26, 17, 20), slot(3, 8, 12, 12)]
    meant = fitting.fits(rules.read("Thursday", "en", "US"), [], offer, THURSDAY)
    assert meant.choices == ("26-17", "3-8")


def test_next_friday_is_certain_where_both_ways_to_mean_it_are_one_day() -> None:
    assert fits("next friday", today=date(2026, 11, 28)).one == "4-8"


@pytest.mark.parametrize(
    ("country", "wanted"), [("US", ()), ("GB", ("5-8",)), ("DE", ("5-8",)), ("IN", ("5-8",))]
)
def test_numbers_are_dates_by_the_order_of_the_region(
    country: str, wanted: tuple[str, ...]
) -> None:
    offer = [slot(5, 8, 12, 12)]
    found = fitting.fits(rules.read("5/12", "en", country), [], offer, THURSDAY)
    assert found.choices == wanted


@pytest.mark.parametrize(("words", "code"), [("kal", "hi"), ("कल", "hi"), ("bukra", "ar")])
def test_kal_is_tomorrow(words: str, code: str) -> None:
    assert {choice[:2] for choice in fits(words, code).choices} == {"27"}


@pytest.mark.parametrize(("words", "code"), [("parso", "hi"), ("परसों", "hi"), ("ba3d bukra", "ar")])
def test_parso_is_the_day_after_and_never_one_that_is_past(words: str, code: str) -> None:
    assert {choice[:2] for choice in fits(words, code).choices} == {"28"}

"""A pickup point's hours are data, and are said in the reader's language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import languages
from app.booking import hours


@pytest.mark.parametrize(
    ("written", "code", "said"),
    [
        ("Mon-Fri 9-18, Sat 10-13", "de", "Mo.–Fr. 09:00–18:00; Sa. 10:00–13:00"),
        ("Daily 8–20", "pl", "Codziennie 08:00–20:00"),
        ("24/7", "fr", "Ouvert jour et nuit"),
        ("Tue 9-12, 14-18; Thu 9-12, 14-18", "nl", "di 09:00–12:00, 14:00–18:00; do"),
        ("Fri 18-2", "en", "Fri 18:00–02:00"),
        ("ring the bell", "hi", "ring the bell"),
    ],
)
def test_they_are_said_in_the_readers_language(written: str, code: str, said: str) -> None:
    assert hours.in_words(written, languages.get(code)).startswith(said)


def test_they_are_data() -> None:
    found = hours.as_data("Mo-Fr 08:00-18:00; Sa 18-2")
    assert found is not None
    assert found["5"] == [["08:00", "18:00"]]
    assert found["6"] == [["18:00", "02:00"]]
    assert found["7"] == []
    assert hours.as_data("ask inside") is None


@given(st.lists(st.tuples(st.integers(0, 21), st.integers(1, 2)), min_size=7, max_size=7))
def test_every_week_is_told_whole(week: list[tuple[int, int]]) -> None:
    names = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    written = ", ".join(
        f"{name} {opens}:00-{opens + lasts}:00"
        for name, (opens, lasts) in zip(names, week, strict=True)
    )
    found = hours.as_data(written)
    assert found == {
        str(day): [[f"{opens:02}:00", f"{opens + lasts:02}:00"]]
        for day, (opens, lasts) in enumerate(week, 1)
    }
    said = hours.in_words(written, languages.get("de"))
    assert all(f"{opens:02}:00–{opens + lasts:02}:00" in said for opens, lasts in week)

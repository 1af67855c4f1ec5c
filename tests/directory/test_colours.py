"""Colours of a brand: what can be read by everybody, and what is suggested instead."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.directory import colours

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"{number:06x}")


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("000000", "ffffff", 21.0), ("777777", "ffffff", 4.48), ("0000ff", "ffffff", 8.59)],
)
def test_contrast_is_counted_as_wcag_does(one: str, other: str, ratio: float) -> None:
    assert colours.contrast(one, other) == pytest.approx(ratio, abs=0.01)
    assert colours.contrast(other, one) == colours.contrast(one, other)


@given(COLOURS, st.booleans())
def test_what_is_suggested_can_be_read_and_what_can_be_read_stays(colour: str, dark: bool) -> None:
    near = colours.suggested(colour, dark=dark)
    assert colours.legible(near, dark=dark)
    if colours.legible(colour, dark=dark):
        assert near == colour


@given(COLOURS)
def test_the_stylesheet_holds_nothing_but_legible_colours(colour: str) -> None:
    light = colours.suggested(colour, dark=False)
    css = colours.styles(light, "")
    assert re.fullmatch(r"[-\w:;#{}()@ \n]+", css)
    accents = re.findall(r"--accent:#([0-9a-f]{6})", css)
    assert [colours.legible(a, dark=d) for a, d in zip(accents, (False, True), strict=True)] == [
        True,
        True,
    ]


@pytest.mark.parametrize("text", ["", "red", "#12345", "0d5c4c;}body{", "url(x)", "#0d5c4c\n}"])
def test_what_is_no_colour_is_none(text: str) -> None:
    assert colours.read(text) == ""
    assert colours.read(" #0D5C4C ") == "0d5c4c"

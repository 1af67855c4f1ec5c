"""What buttons say: days where those tell the choices apart, and never more than fits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app import languages
from app.channels import buttons
from app.customer.hours import span

MORNING = datetime(2026, 11, 25, 8, tzinfo=UTC)  # a Wednesday, which is long in Arabic


def listed(code: str, *starts: datetime) -> str:
    language = languages.get(code)
    each = [span(language, at, at + timedelta(hours=4), "Europe/Berlin") for at in starts]
    options = "; ".join(f"{number} = {said}" for number, said in enumerate(each, 1))
    return language.say("Or reply with a number: {options}.", options=options)


@pytest.mark.parametrize("code", sorted(languages.known()))
def test_a_button_says_its_day_in_every_language(code: str) -> None:
    starts = [MORNING + timedelta(days=days) for days in (0, 1, 2)]
    said = buttons.of(listed(code, *starts))
    assert len(said) == len(set(said)) == 3
    for button, at in zip(said, starts, strict=True):
        assert len(button) <= buttons.FITS
        assert str(at.day) in button


@pytest.mark.parametrize("code", sorted(languages.known()))
def test_what_a_zero_answers_has_a_button_in_every_language(code: str) -> None:
    language = languages.get(code)
    for hint in (buttons.UNDO, buttons.THEIRS):
        button = buttons.by_zero(language, language.say(hint))
        assert 0 < len(button) <= buttons.FITS
        assert "0" in language.say(hint)
    assert buttons.by_zero(language, listed(code, MORNING)) == ""


def test_what_a_button_says_tells_its_choice_from_the_others() -> None:
    noon = MORNING + timedelta(hours=5)
    assert buttons.of(listed("en", MORNING)) == ["Wed 25 Nov"]
    assert buttons.of(listed("en", MORNING, noon)) == ["09:00-13:00", "14:00-18:00"]
    tomorrow = MORNING + timedelta(days=1)
    mixed = buttons.of(listed("en", MORNING, noon, tomorrow))
    assert mixed == ["1: Wed 25 Nov", "2: Wed 25 Nov", "3: Thu 26 Nov"]
    shops = "1 = The shop at the corner of Oak Street; 2 = Elm."
    assert buttons.of(shops) == ["1: The shop at...", "2: Elm"]
    assert buttons.rows(shops) == ["The shop at the corner of Oak Street", "Elm"]
    assert buttons.of("Nothing can be chosen.") == []

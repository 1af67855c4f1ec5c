"""Replies as tables: `words = what they mean`, one file per language."""

from __future__ import annotations

from pathlib import Path

from app.replies import rules
from app.replies.meaning import Clock, Reading

_HERE = Path(__file__).parent
COUNTRIES = {
    "ar": "EG", "de": "DE", "en": "US", "es": "ES", "fr": "FR", "hi": "IN", "nl": "NL", "pl": "PL",
}  # fmt: skip
_WEEKDAYS = ("", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HALVES = {"either": "", "day": "h", "am": "am", "pm": "pm"}


def lines(folder: str) -> list[tuple[str, str]]:
    """`(language, line)` of all tables of a folder."""
    return [
        (code, line)
        for code in COUNTRIES
        for line in (_HERE / folder / f"{code}.txt").read_text("utf-8").splitlines()
        if line
    ]


def meant(words: str, code: str) -> str:
    """What words mean, as the tables write it; empty when a person has to read them."""
    return " / ".join(sorted(_said(one) for one in rules.read(words, code, COUNTRIES[code])))


def _said(reading: Reading) -> str:
    said = [str(reading.act)]
    said += ["last"] if reading.last else []
    said += [str(reading.option)] if reading.option is not None else []
    if day := reading.day:
        said += [f"+{day.ahead}"] if day.ahead is not None else []
        said += [name for name in ("next", "next_week", "weekend") if getattr(day, name)]
        said += [_WEEKDAYS[day.weekday]] if day.weekday else []
        date = [str(number) for number in (day.day, day.month, day.year) if number]
        said += [".".join(date) + "."] if date else []
    said += [reading.part] if reading.part else []
    if hours := reading.hours:
        first = _clock(hours.first)
        said.append(f"{first}-{_clock(hours.second)}" if hours.second else f"{hours.how} {first}")
    return " ".join(said)


def _clock(clock: Clock) -> str:
    minute = f":{clock.minute:02}" if clock.minute else ""
    return f"{clock.hour}{minute}{_HALVES[clock.half]}"

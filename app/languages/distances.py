"""A distance as it is written in a language and a country."""

from __future__ import annotations

from babel.units import format_unit

from app.languages.language import Language

_MILES = frozenset({"US", "GB", "LR", "MM", "PR"})
_A_MILE = 1609.344


def said(metres: float, country: str, language: Language) -> str:
    """`350 m`, `1.2 km`, or `0.7 mi` where people count in miles; never more exact than it is."""
    if country in _MILES:
        return _unit(max(round(metres / _A_MILE, 1), 0.1), "length-mile", language)
    if metres < 950:
        return _unit(max(round(metres / 50) * 50, 50), "length-meter", language)
    return _unit(round(metres / 1000, 1 if metres < 9950 else None), "length-kilometer", language)


def _unit(number: float, unit: str, language: Language) -> str:
    return format_unit(number, unit, "short", locale=language.locale)

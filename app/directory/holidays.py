"""Public holidays, by a library that knows most countries and their regions. Pure."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import holidays


@lru_cache(maxsize=256)
def public_holidays(country: str, region: str | None, year: int) -> frozenset[date]:
    """The public holidays of a year; none when the country is unknown.

    `region` is an ISO 3166-2 subdivision, with or without the country before it. One that is
    unknown leaves the holidays of the whole country.
    """
    return frozenset(_named(country, region, year))


def holiday_name(country: str, region: str | None, day: date) -> str:
    """What a holiday is called, in English where the library knows that; empty for no holiday."""
    return _named(country, region, day.year).get(day, "")


@lru_cache(maxsize=256)
def _named(country: str, region: str | None, year: int) -> dict[date, str]:
    code = country.strip().upper()
    part = (region or "").strip().upper().removeprefix(f"{code}-")
    for subdivision in (part, None) if part else (None,):
        try:
            known = holidays.country_holidays(code, subdiv=subdivision, years=year)
        except NotImplementedError:
            continue
        return {day: name.replace("; ", ", ") for day, name in known.items()}
    return {}

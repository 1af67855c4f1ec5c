"""Addresses in one form, whatever the courier calls their parts."""

from __future__ import annotations

from app.intake.couriers._shape import text
from app.shipments.countries import country


def parts(place: object, *names: str) -> str | None:
    """These parts of a place in one line, where the courier describes one."""
    return line(*(place.get(name) for name in names)) if isinstance(place, dict) else None


def line(*said: object) -> str | None:
    """What is said in one line; a list is several parts. None when there is nothing."""
    flat = [one for part in said for one in (part if isinstance(part, list) else [part])]
    return ", ".join(dict.fromkeys(filter(None, map(text, flat))))[:200] or None


def address(
    *,
    line1: object = None,
    line2: object = None,
    city: object = None,
    region: object = None,
    postcode: object = None,
    country_of: object = None,
) -> dict[str, str | None] | None:
    """An address of the parts given; None when there is nothing in it."""
    found = {
        "line1": text(line1),
        "line2": text(line2),
        "city": text(city),
        "region": text(region),
        "postcode": text(postcode, 20),
        "country": country(country_of),
    }
    return found if any(found.values()) else None

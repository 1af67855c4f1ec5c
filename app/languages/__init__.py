"""What people read, in their language. A language is a folder here: registered by being there.

English is the source: its sentences stand in the code, and a language's `messages.po` says each of
them once more. Which language somebody reads is an argument, never a setting of the process:
messages are written by workers, for many people one after another.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from app.languages import loading
from app.languages.language import Language
from app.languages.loading import Known

HOUSE = "en"
"""The language of the source, and of people of whom nothing else is known."""


@cache
def known() -> dict[str, Known]:
    """The languages there are, by code."""
    folders = [folder for place in __path__ for folder in sorted(Path(place).iterdir())]
    read = [loading.read(folder) for folder in folders if (folder / loading.FACTS).is_file()]
    return {one.code: one for one in read}


@cache
def get(code: str = HOUSE, territory: str = "") -> Language:
    """A language, as it is written in a territory (ISO 3166-1); the house's for an unknown one."""
    return loading.language(known().get(code) or known()[HOUSE], territory)


def choose(tag: str | None, address: Mapping[str, Any] | None) -> Language:
    """The language of somebody: the one they are known to read, else the one of where they live.

    `tag` is BCP 47; `address` may have `country`, `region` and `postcode`.
    """
    address = address or {}
    country = str(address.get("country") or "")
    parts = (tag or "").split("-")
    code = tag if tag in known() else parts[0]
    if code in known():
        named = next((part for part in parts[1:] if len(part) == 2), "")
        return get(code, named or country)
    return get(_spoken_at(country, address), country)


def _spoken_at(country: str, address: Mapping[str, Any]) -> str:
    """What is spoken there; of several languages the one that names the region or postcode."""
    region = str(address.get("region") or "").casefold()
    postcode = str(address.get("postcode") or "").replace(" ", "").upper()
    for one in known().values():
        place = one.places.get(country)
        if place and (region in place.regions or postcode.startswith(place.postcodes or ("?",))):
            return one.code
    return next(
        (one.code for one in known().values() if (p := one.places.get(country)) and p.all), HOUSE
    )

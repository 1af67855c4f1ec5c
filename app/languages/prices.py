"""A price as it is written in a language."""

from __future__ import annotations

import re
from decimal import Decimal

from babel.numbers import format_currency

from app.languages.language import Language

_WRITTEN = re.compile(r"(\d{1,9}(?:\.\d{1,3})?) ([A-Z]{3})")


def said(price: str, language: Language) -> str:
    """`4.50 EUR` as people write it, such as `4,50 €`; in a courier's own words as it stands."""
    match = _WRITTEN.fullmatch(price)
    if match is None:
        return price
    return format_currency(Decimal(match[1]), match[2], locale=language.locale)

"""Prices and amounts of money as they are written in a language."""

from __future__ import annotations

import re
from decimal import Decimal

from babel.numbers import format_currency, get_currency_precision

from app.languages.language import Language

_WRITTEN = re.compile(r"(\d{1,9}(?:\.\d{1,3})?) ([A-Z]{3})")

_NO_MARKS = dict.fromkeys((0x200E, 0x200F, 0x061C))


def said(price: str, language: Language) -> str:
    """`4.50 EUR` as people write it, such as `4,50 €`; in a courier's own words as it stands."""
    match = _WRITTEN.fullmatch(price)
    if match is None:
        return price
    return _written(Decimal(match[1]), match[2], language)


def amount(minor: int, currency: str, language: Language) -> str:
    """An amount in the smallest unit of its currency, such as `5,00 €` or `$5.00`."""
    return _written(Decimal(minor).scaleb(-get_currency_precision(currency)), currency, language)


def _written(whole: Decimal, currency: str, language: Language) -> str:
    found = format_currency(whole, currency, locale=language.locale, numbering_system="latn")
    return found.translate(_NO_MARKS)  # a page sets it apart as a whole

"""Prices are written as people do, and a courier's own words stand as they are."""

from __future__ import annotations

import pytest

from app import languages
from app.languages import prices


@pytest.mark.parametrize(
    ("price", "code", "said"),
    [
        ("4.50 EUR", "de", "4,50 €"),
        ("4.50 EUR", "en", "€4.50"),
        ("120 INR", "hi", "₹120.00"),
        ("1.00 USD", "ar", "1.00 US$"),
        ("free for members", "fr", "free for members"),
        ("4,50 EUR", "de", "4,50 EUR"),
    ],
)
def test_a_price_is_written_as_people_do(price: str, code: str, said: str) -> None:
    assert " ".join(prices.said(price, languages.get(code)).split()) == said

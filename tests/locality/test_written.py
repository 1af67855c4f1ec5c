"""An address reads as it is written where it is."""

from __future__ import annotations

import pytest

from app.locality import written


@pytest.mark.parametrize(
    ("address", "line"),
    [
        (
            {"line1": "9 Ocean Dr", "city": "Miami", "region": "FL", "postcode": "33139"}
            | {"country": "us"},
            "9 Ocean Dr, Miami, FL 33139",
        ),
        (
            {"line1": "Torstr. 3", "line2": "3. OG", "city": "Berlin", "postcode": "10119"}
            | {"country": "DE", "region": "BE"},
            "Torstr. 3, 3. OG, 10119 Berlin",
        ),
        (
            {"line1": "1 The Cut", "city": "London", "postcode": "SE1 8LZ", "country": "GB"},
            "1 The Cut, London, SE1 8LZ",
        ),
        (
            {"line1": "12 MG Road", "city": "Pune", "region": "Maharashtra", "postcode": "411001"}
            | {"country": "IN"},
            "12 MG Road, Pune 411001, Maharashtra",
        ),
        ({"line1": "Al Wasl 5", "city": "Dubai", "country": "AE"}, "Al Wasl 5, Dubai"),
        ({"line1": "5 Katella Ave", "postcode": "92802", "country": "US"}, "5 Katella Ave, 92802"),
        ({"city": "Lyon"}, "Lyon"),
        ({}, ""),
        (None, ""),
    ],
)
def test_town_and_postcode_stand_as_its_post_wants_them(address, line):
    assert written.one_line(address) == line

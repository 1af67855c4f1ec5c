"""Where clocks stand: each rule is held against an hour that is known on two dates."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import zipcodes

from app.locality import zones

WINTER, SUMMER = datetime(2026, 1, 15, 12, tzinfo=UTC), datetime(2026, 7, 15, 12, tzinfo=UTC)

KNOWN = [
    # country, region, postcode, hours ahead of UTC in January and in July
    ("DE", "", "10115", 1, 2),
    ("GB", "", "SW1A 1AA", 0, 1),
    ("IN", "", "560001", 5.5, 5.5),
    ("PL", "", "00-001", 1, 2),
    ("AE", "Dubai", "", 4, 4),
    ("JP", "", "100-0001", 9, 9),
    ("US", "", "92806", -8, -7),
    ("US", "", "92806-1234", -8, -7),
    ("US", "FL", "", -5, -4),
    ("US", "Florida", "32501", -6, -5),  # Pensacola
    ("US", "TX", "79901", -7, -6),  # El Paso
    ("US", "", "85001", -7, -7),  # Phoenix
    ("US", "", "86515", -7, -6),  # Window Rock, which has summer time
    ("US", "", "96813", -10, -10),
    ("US", "", "99501", -9, -8),
    ("US", "", "00901", -4, -4),
    ("CA", "", "V6B 1A1", -8, -7),
    ("CA", "", "T2P 1J9", -7, -6),
    ("CA", "", "s4p 3y2", -6, -6),
    ("CA", "", "R3C 4A5", -6, -5),
    ("CA", "", "M5V 3L9", -5, -4),
    ("CA", "", "P9N 1S4", -6, -5),  # Kenora
    ("CA", "", "B3H 4R2", -4, -3),
    ("CA", "", "A1C 5M2", -3.5, -2.5),
    ("CA", "Québec", "", -5, -4),
    ("CA", "", "Y1A 1A1", -7, -7),
    ("AU", "", "0800", 9.5, 9.5),
    ("AU", "", "2000", 11, 10),
    ("AU", "", "2601", 11, 10),
    ("AU", "", "2880", 10.5, 9.5),
    ("AU", "", "3000", 11, 10),
    ("AU", "", "4000", 10, 10),
    ("AU", "", "5000", 10.5, 9.5),
    ("AU", "", "6000", 8, 8),
    ("AU", "", "7000", 11, 10),
    ("AU", "WA", "", 8, 8),
    ("BR", "", "01310-100", -3, -3),
    ("BR", "", "69005-070", -4, -4),
    ("BR", "", "69900-000", -5, -5),
    ("BR", "", "78005-000", -4, -4),
    ("BR", "MS", "", -4, -4),
    ("BR", "", "53990-000", -2, -2),
    ("CD", "Haut-Katanga", "", 2, 2),
    ("CD", "", "", 1, 1),
    ("CL", "", "8320000", -3, -4),
    ("CL", "", "6200000", -3, -3),
    ("CN", "", "830000", 8, 8),
    ("EC", "", "200350", -6, -6),
    ("EC", "", "170150", -5, -5),
    ("ES", "", "28001", 1, 2),
    ("ES", "", "35001", 0, 1),
    ("ES", "", "38001", 0, 1),
    ("ES", "Las Palmas", "", 0, 1),
    ("FR", "", "75001", 1, 2),
    ("FR", "", "97400", 4, 4),
    ("FR", "", "97200", -4, -4),
    ("GP", "", "97100", -4, -4),
    ("ID", "", "10110", 7, 7),
    ("ID", "", "70111", 8, 8),
    ("ID", "", "78111", 7, 7),
    ("ID", "", "80111", 8, 8),
    ("ID", "", "99111", 9, 9),
    ("KZ", "", "010000", 5, 5),
    ("MN", "Khovd", "", 7, 7),
    ("MX", "", "06000", -6, -6),
    ("MX", "", "22000", -8, -7),
    ("MX", "", "23000", -7, -7),
    ("MX", "", "77500", -5, -5),
    ("MX", "", "83000", -7, -7),
    ("MX", "", "88000", -6, -5),
    ("MX", "", "32000", -7, -6),
    ("NZ", "", "1010", 13, 12),
    ("NZ", "", "8942", 13.75, 12.75),
    ("PT", "", "1000-001", 0, 1),
    ("PT", "", "9000-017", 0, 1),
    ("PT", "", "9500-150", -1, 0),
    ("RU", "", "101000", 3, 3),
    ("RU", "", "236000", 2, 2),
    ("RU", "", "443001", 4, 4),
    ("RU", "", "410000", 4, 4),
    ("RU", "", "620000", 5, 5),
    ("RU", "", "644000", 6, 6),
    ("RU", "", "630000", 7, 7),
    ("RU", "", "660000", 7, 7),
    ("RU", "", "664000", 8, 8),
    ("RU", "", "672000", 9, 9),
    ("RU", "", "690000", 10, 10),
    ("RU", "", "693000", 11, 11),
    ("RU", "", "683000", 12, 12),
]


def ahead(zone: str, at: datetime) -> float:
    offset = at.astimezone(ZoneInfo(zone)).utcoffset()
    assert offset is not None
    return offset.total_seconds() / 3600


@pytest.mark.parametrize(("country", "region", "postcode", "winter", "summer"), KNOWN)
def test_an_address_has_the_clocks_of_its_place(
    country: str, region: str, postcode: str, winter: float, summer: float
) -> None:
    address = {"country": country, "region": region, "postcode": postcode}
    zone = zones.of(address, "Asia/Tokyo" if country != "JP" else "UTC")
    assert (ahead(zone, WINTER), ahead(zone, SUMMER)) == (winter, summer)


def test_every_zip_code_agrees_with_the_published_list() -> None:
    """The list itself is half a second to read and holds 40,000 entries in memory."""
    wrong = {
        code: (said, ours)
        for entry in zipcodes.list_all()
        if (said := entry["timezone"]) and "/" in said
        if (ours := zones.of({"country": "US", "postcode": (code := entry["zip_code"])}, "UTC"))
        if (ahead(ours, WINTER), ahead(ours, SUMMER)) != (ahead(said, WINTER), ahead(said, SUMMER))
    }
    assert wrong == {}


def test_what_does_not_tell_is_the_depots_as_long_as_that_is_in_the_country() -> None:
    assert zones.of(None, "Europe/Berlin") == "Europe/Berlin"
    assert zones.of({"city": "Somewhere"}, "Europe/Berlin") == "Europe/Berlin"
    nowhere = {"country": "US", "region": "?", "postcode": "?"}
    assert zones.of(nowhere, "America/Denver") == "America/Denver"
    assert zones.of(nowhere, "Europe/Berlin") == "America/New_York"
    aboard = {"country": "US", "region": "AE", "postcode": "09012"}
    assert zones.of(aboard, "America/Chicago") == "America/Chicago"


def test_every_zone_that_is_named_exists() -> None:
    read = tomllib.loads((Path(zones.__file__).parent / "zones.toml").read_text("utf-8"))
    for said in read.values():
        for zone in {said["zone"], *said.get("postcodes", {}).values(), *said.get("regions", {})}:
            assert ZoneInfo(zone)


def test_where_it_is_on_earth_goes_before_its_postcode_unless_it_lies_elsewhere():
    here = {"latitude": 28.12, "longitude": -15.43, "country": "ES", "postcode": "28001"}
    assert zones.of(here, "Europe/Berlin") == "Atlantic/Canary"
    swapped = {**here, "latitude": -15.43, "longitude": 28.12}
    assert zones.of(swapped, "Europe/Berlin") == "Europe/Madrid"
    half = {"latitude": 22.57, "country": "IN"}
    assert zones.of(half, "UTC") == zones.of({"country": "IN"}, "UTC")
    indian = zones.of({**half, "longitude": 88.36}, "UTC")
    assert indian in {"Asia/Kolkata", "Asia/Calcutta"}
    assert zones.of({"latitude": 0, "longitude": -30, "country": "BR"}, "America/Bahia") == (
        zones.of({"country": "BR"}, "America/Bahia")
    )
    assert zones.of({"latitude": "52.5", "longitude": True, "country": "DE"}, "UTC") == (
        "Europe/Berlin"
    )

"""Where the customers of these journeys live: addresses, languages, numbers, and clocks.

The zone of a place is written down here, so that what the engine makes of an address is judged by
something else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_US, _AU = "+1714{exchange}{line}", "+61412{six}"


@dataclass(frozen=True, slots=True)
class Place:
    """A town whose parcels one depot brings."""

    city: str
    country: str
    zone: str
    depot: str
    languages: tuple[str, ...]
    number: str
    """How a mobile number is written there."""
    region: str = ""
    postcode: str = ""
    landline: str = ""
    """How a number is written there that no text message reaches; empty: nobody has one."""
    line1: str = "12 Main Street"

    def address(self, house: int) -> dict[str, Any]:
        """The address of one of its houses."""
        known = {"region": self.region, "postcode": self.postcode}
        return {
            "line1": f"{house} {self.line1.partition(' ')[2]}",
            "city": self.city,
            "country": self.country,
            **{name: value for name, value in known.items() if value},
        }

    def phone(self, number: int) -> str:
        """The number of one of its people; everybody has their own."""
        return self._written(self.number, number)

    def telephone(self, number: int) -> str:
        """The landline of one of its people."""
        return self._written(self.landline, number)

    def _written(self, form: str, number: int) -> str:
        return form.format(
            exchange=220 + number // 9000,
            line=1000 + number % 9000,
            six=f"{number:06}",
            seven=1_000_000 + number,
        )


PLACES = (
    Place("Anaheim", "US", "America/Los_Angeles", "us", ("en", "es"), _US, "CA", "92805"),
    Place("Miami", "US", "America/New_York", "us", ("es", "en"), _US, "FL", "33130"),
    Place("El Paso", "US", "America/Denver", "us", ("en", "es"), _US, "TX", "79901"),
    Place("Phoenix", "US", "America/Phoenix", "us", ("en",), _US, "AZ", "85003"),
    Place("St. John’s", "CA", "America/St_Johns", "us", ("en", "fr"), _US, "NL", "A1C 1A1"),
    Place("Birmingham", "GB", "Europe/London", "gb", ("en", "pl"), "+447400{six}", "", "B1 1AA"),
    Place(
        *("Berlin", "DE", "Europe/Berlin", "de", ("de", "ar", "en"), "+4915123{six}", "", "10115"),
        landline="+49309{seven}",
    ),
    Place("Lyon", "FR", "Europe/Paris", "de", ("fr",), "+33612{six}", "", "69001"),
    Place("Rotterdam", "NL", "Europe/Amsterdam", "de", ("nl", "en"), "+31612{six}", "", "3011 AA"),
    Place("Kraków", "PL", "Europe/Warsaw", "de", ("pl",), "+48512{six}", "", "30-001"),
    Place("Las Palmas", "ES", "Atlantic/Canary", "de", ("es",), "+34612{six}", "", "35001"),
    Place("Mumbai", "IN", "Asia/Kolkata", "in", ("hi", "en"), "+919812{six}", "MH", "400001"),
    Place("Dubai", "AE", "Asia/Dubai", "ae", ("ar", "en", "hi"), "+97150{seven}"),
    Place("Adelaide", "AU", "Australia/Adelaide", "au", ("en",), _AU, "SA", "5000"),
    Place("Perth", "AU", "Australia/Perth", "au", ("en", "ar"), _AU, "WA", "6000"),
    Place("Wellington", "NZ", "Pacific/Auckland", "au", ("en", "nl"), "+64211{six}", "", "6011"),
    Place("Santiago", "CL", "America/Santiago", "cl", ("es",), "+56961{six}", "RM", "8320000"),
)

DEPOTS = {
    "us": ("America/Los_Angeles", "US", "CA"),
    "gb": ("Europe/London", "GB", None),
    "de": ("Europe/Berlin", "DE", "BE"),
    "in": ("Asia/Kolkata", "IN", "MH"),
    "ae": ("Asia/Dubai", "AE", None),
    "au": ("Australia/Adelaide", "AU", "SA"),
    "cl": ("America/Santiago", "CL", None),
}
"""The depots: whose clocks they keep, and whose holidays."""
